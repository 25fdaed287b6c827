"""What a warehouse must hold and show after a history of steps, in plain Python: dicts and lists, and nothing of the
implementation. tests/pipeline/test_state_machine.py compares it with the real one after every step.

The rules, as the README and the contracts state them:

- A reporting unit that a rule finds in error is held, unless a waiver covers it.
- One that says what is in force is unchanged. One that says what some earlier version said, of which nobody found that
  it was in error, is held until a person confirms it. So is one that came after its period was closed.
- Any other is accepted. It is in force, unless one that came later is: then it is history. What a person confirmed is in
  force in any case.
- As long as nothing is in force of a dataset that it needs, it waits, whatever else there is to say of it; it is judged
  as soon as something is.
- What is withdrawn, or held when it is judged again, counts as if it had never come.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

Place = tuple[str, str]
"""A reporting unit and its period."""
Figures = dict[Place, str]
"""What a file, a build or an edition says of each place: the name of a set of figures."""
FAULTY = "faulty"
"""Begins the name of figures that break a rule that can be waived."""


ELSEWHERE = -1
"""Of an edition: its build is not among those that there are."""


class Refused(Exception):
    """The step is not possible; nothing changes."""


@dataclass
class ReportingUnit:
    """A reporting unit of a file.

    let_in: the tick at which it was let in, None where it does not count. was_confirmed: by a person, at any time;
    is_confirmed: it was let in by that. is_lifted: a waiver covered it when it was judged last.
    """

    figures: str
    state: str = "received"
    let_in: int | None = None
    was_confirmed: bool = False
    is_confirmed: bool = False
    is_lifted: bool = False

    @property
    def is_faulty(self) -> bool:
        return self.figures.startswith(FAULTY)


@dataclass
class Sent:
    """A file that was sent. number: from 0, in the order of arrival."""

    number: int
    dataset: str
    came_at: int
    reporting_units: dict[Place, ReportingUnit]

    @property
    def state(self) -> str:
        """What became of the file as a whole; a withdrawn unit counts as held beside others."""
        states = {one.state for one in self.reporting_units.values()}
        if states == {"withdrawn"}:
            return "withdrawn"
        if "waiting" in states:
            return "waiting"
        is_held = states & {"held", "withdrawn"}
        if not is_held:
            return "accepted"
        return "partly_held" if states - {"held", "withdrawn"} else "held"


@dataclass
class Waiver:
    """Findings of a dataset's rule do not hold a reporting unit."""

    dataset: str
    reporting_unit: str
    is_ended: bool = False


@dataclass
class Edition:
    """What was approved. closes: the periods (dataset, period) that it closed."""

    build: int
    figures: dict[str, Figures]
    closes: list[tuple[str, str]]
    is_revoked: bool = False


@dataclass
class Build:
    """What was published. reported: the periods (dataset, period) for which it knew of a report."""

    figures: dict[str, Figures]
    reported: set[tuple[str, str]]


@dataclass
class Oracle:
    """datasets: those that are sent. needs: by dataset, the one that must be there before it."""

    datasets: tuple[str, ...]
    needs: Mapping[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    closed_at: dict[tuple[str, str], int] = field(default_factory=dict)
    closed_by: dict[tuple[str, str], str] = field(default_factory=dict)
    builds: list[Build] = field(default_factory=list)
    current: int | None = None
    is_pinned: bool = False
    editions: dict[str, Edition] = field(default_factory=dict)
    _tick: int = 0
    _versions: list[tuple[str, Place, str, int]] = field(default_factory=list)
    """Every version that was ever in force or history: (dataset, place, figures, file)."""

    # what is in force ------------------------------------------------------------------------------------------------

    def in_force(self, dataset: str, place: Place) -> Sent | None:
        """The file whose version of a place is in force."""
        counting = [one for one in self.sent if one.dataset == dataset and place in one.reporting_units]
        let_in = sorted(
            (one for one in counting if one.reporting_units[place].let_in is not None),
            key=lambda one: one.reporting_units[place].let_in or 0,
        )
        current: Sent | None = None
        for one in let_in:
            reporting_unit = one.reporting_units[place]
            is_other = current is not None and reporting_unit.figures != current.reporting_units[place].figures
            if current is None or (is_other and (reporting_unit.is_confirmed or one.number > current.number)):
                current = one
        return current

    def places(self, dataset: str) -> list[Place]:
        """Every place of which anything came."""
        return sorted({place for one in self.sent if one.dataset == dataset for place in one.reporting_units})

    def all_in_force(self) -> dict[tuple[str, Place], int]:
        """By dataset and place, the number of the file whose version is in force."""
        found = {(name, place): self.in_force(name, place) for name in self.datasets for place in self.places(name)}
        return {key: one.number for key, one in found.items() if one is not None}

    def figures(self) -> dict[str, Figures]:
        """By dataset, the figures in force."""
        found: dict[str, Figures] = {name: {} for name in self.datasets}
        for (name, place), number in self.all_in_force().items():
            found[name][place] = self.sent[number].reporting_units[place].figures
        return found

    def is_missing(self, dataset: str) -> bool:
        """Whether a dataset needs another, of which nothing is in force."""
        need = self.needs.get(dataset)
        return need is not None and all(self.in_force(need, place) is None for place in self.places(need))

    # the outcome of a unit -------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self._tick += 1
        return self._tick

    def _is_waived(self, dataset: str, place: Place) -> bool:
        return any(
            (one.dataset, one.reporting_unit) == (dataset, place[0]) and not one.is_ended for one in self.waivers
        )

    def _outcome(self, one: Sent, place: Place) -> str:
        """The outcome of a unit that does not count yet; "confirmed" where only a person's confirmation lets it in."""
        reporting_unit, current = one.reporting_units[place], self.in_force(one.dataset, place)
        if self.is_missing(one.dataset):
            return "waiting"
        if reporting_unit.is_faulty and not self._is_waived(one.dataset, place):
            return "held"
        if current is not None and current.reporting_units[place].figures == reporting_unit.figures:
            return "unchanged"
        was_said_before = any(
            (one.dataset, place, reporting_unit.figures) == (dataset, there, figures)
            and number != one.number
            and self.sent[number].reporting_units[there].state != "held"
            for dataset, there, figures, number in self._versions
        )
        shut_at = self.closed_at.get((one.dataset, place[1]))
        came_after = shut_at is not None and shut_at < one.came_at
        if not was_said_before and not came_after:
            return "accepted"
        return "confirmed" if reporting_unit.was_confirmed else "held"

    def _let_in(self, one: Sent, place: Place, state: str) -> None:
        reporting_unit = one.reporting_units[place]
        reporting_unit.state, reporting_unit.let_in, reporting_unit.is_confirmed = state, self._next(), False
        if state == "confirmed":
            reporting_unit.state, reporting_unit.is_confirmed = "accepted", True
        if reporting_unit.state == "accepted":
            self._versions.append((one.dataset, place, reporting_unit.figures, one.number))

    def _settle(self, one: Sent, outcomes: Mapping[Place, str]) -> None:
        for place, state in outcomes.items():
            one.reporting_units[place].is_lifted = one.reporting_units[place].is_faulty and self._is_waived(
                one.dataset, place
            )
            if state in ("held", "waiting"):
                one.reporting_units[place].state = state
            else:
                self._let_in(one, place, state)

    def _judge_what_waits(self) -> None:
        """What waited and does not any more, by period and arrival; what is held of the same files, too."""
        waiting = [one for one in self.sent if one.state == "waiting" and not self.is_missing(one.dataset)]
        for one in sorted(waiting, key=lambda one: (min(period for _, period in one.reporting_units), one.number)):
            judged = [
                place
                for place, reporting_unit in one.reporting_units.items()
                if reporting_unit.state in ("waiting", "held")
            ]
            self._settle(one, {place: self._outcome(one, place) for place in judged})

    def _take_out(self, one: Sent, places: Collection[Place], state: str) -> None:
        """Units that no longer count; what stands without them is in force, as a version of its own."""
        before = {place: self.in_force(one.dataset, place) for place in places}
        for place in places:
            reporting_unit = one.reporting_units[place]
            reporting_unit.state, reporting_unit.let_in, reporting_unit.is_confirmed = state, None, False
        for place in places:
            after = self.in_force(one.dataset, place)
            if after is not None and after is not before[place]:
                after.reporting_units[place].state = "accepted"
                self._versions.append((one.dataset, place, after.reporting_units[place].figures, after.number))

    # steps ------------------------------------------------------------------------------------------------------------

    def send(self, dataset: str, figures: Figures) -> Sent:
        one = Sent(
            len(self.sent), dataset, self._next(), {place: ReportingUnit(name) for place, name in figures.items()}
        )
        self.sent.append(one)
        self._settle(one, {place: self._outcome(one, place) for place in one.reporting_units})
        self._judge_what_waits()
        return one

    def withdraw(self, number: int, places: Collection[Place]) -> None:
        one = self.sent[number]
        self._take_out(one, [place for place in places if one.reporting_units[place].state != "withdrawn"], "withdrawn")

    def confirm(self, number: int, places: Collection[Place]) -> None:
        """Raises Refused where a unit is not held, or by a rule that no confirmation lifts."""
        one = self.sent[number]
        for place in places:
            reporting_unit = one.reporting_units[place]
            if reporting_unit.state != "held" or self.is_missing(one.dataset):
                raise Refused
            if reporting_unit.is_faulty and not self._is_waived(one.dataset, place):
                raise Refused
        for place in places:
            one.reporting_units[place].was_confirmed = True
            state = self._outcome(one, place)
            self._settle(one, {place: "confirmed" if state == "accepted" else state})
        self._judge_what_waits()

    def waive(self, dataset: str, reporting_unit: str) -> None:
        """Also lets in what it alone held: of each period the newest that is held, where nothing newer is in force."""
        self.waivers.append(Waiver(dataset, reporting_unit))
        for place in self.places(dataset):
            held = [
                one
                for one in self.sent
                if one.dataset == dataset
                and place in one.reporting_units
                and one.reporting_units[place].state == "held"
            ]
            held = [
                one for one in held if one.reporting_units[place].is_faulty and not one.reporting_units[place].is_lifted
            ]
            if place[0] != reporting_unit or not held:
                continue
            newest, current = held[-1], self.in_force(dataset, place)
            state = self._outcome(newest, place)
            if (current is None or current.number < newest.number) and state not in ("held", "waiting"):
                self._settle(newest, {place: state})

    def end_waiver(self, index: int) -> None:
        self.waivers[index].is_ended = True

    def judge_again(self, numbers: Collection[int]) -> None:
        """One file after the other, by period and arrival."""
        chosen = sorted(
            (self.sent[number] for number in numbers),
            key=lambda one: (min(p for _, p in one.reporting_units), one.number),
        )
        for one in chosen:
            out = [
                place
                for place, reporting_unit in one.reporting_units.items()
                if reporting_unit.let_in is not None
                and reporting_unit.is_faulty
                and not self._is_waived(one.dataset, place)
            ]
            out = [] if self.is_missing(one.dataset) else out
            judged = [
                place
                for place, reporting_unit in one.reporting_units.items()
                if reporting_unit.state in ("held", "waiting")
            ]
            outcomes = {place: self._outcome(one, place) for place in judged}
            self._take_out(one, out, "held")
            self._settle(one, outcomes)
            for place in one.reporting_units:
                if place not in outcomes:
                    one.reporting_units[place].is_lifted = one.reporting_units[place].is_faulty and self._is_waived(
                        one.dataset, place
                    )
        self._judge_what_waits()

    def close(self, dataset: str, period: str, by: str = "person") -> None:
        if (dataset, period) not in self.closed_at:
            self.closed_at[dataset, period] = self._next()
            self.closed_by[dataset, period] = by

    def open(self, dataset: str, period: str) -> None:
        self.closed_at.pop((dataset, period), None)

    # what is published ------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Raises Refused while a rollback holds the current build."""
        if self.is_pinned:
            raise Refused
        new = Build(self.figures(), set(self._reported()))
        self.builds.append(new)
        self.current = len(self.builds) - 1

    def _reported(self) -> Iterator[tuple[str, str]]:
        for one in self.sent:
            for (_, period), reporting_unit in one.reporting_units.items():
                if reporting_unit.state != "withdrawn":
                    yield one.dataset, period

    def roll_back(self, build: int) -> None:
        self.current, self.is_pinned = build, True

    def release(self) -> None:
        """Raises Refused where nothing is pinned."""
        if not self.is_pinned:
            raise Refused
        self.is_pinned = False

    def approve(self, name: str, closes: Collection[tuple[str, str]]) -> None:
        assert self.current is not None
        self.editions[name] = Edition(self.current, self.builds[self.current].figures, list(closes))
        for dataset, period in closes:
            self.close(dataset, period, name)

    def revoke(self, name: str) -> None:
        """The periods that it closed open again, but for those that another edition or a person closed too."""
        edition = self.editions[name]
        if edition.is_revoked:
            return
        edition.is_revoked = True
        others = {key for one in self.editions.values() if not one.is_revoked for key in one.closes}
        for key in edition.closes:
            if self.closed_by.get(key) == name and key in self.closed_at and key not in others:
                self.open(*key)

    def restored(self) -> None:
        """The build that was current comes back, held where a rollback held it; else one of what is in force follows."""
        for one in self.editions.values():
            one.build = 0 if one.build == self.current else ELSEWHERE
        self.builds = [] if self.current is None else [self.builds[self.current]]
        self.current = 0 if self.builds else None
        if not self.is_pinned:
            self.build()
