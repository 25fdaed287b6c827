"""Puts assets into Superset's database, in place of those that it had, as its administrator, who is made where there is none:
`superset_python load_assets.py FOLDER NAME`. It runs in Superset's environment, and knows nothing of the project.
"""

import os
import sys
from pathlib import Path

import yaml
from flask import g
from sqlalchemy.engine import make_url
from superset.app import create_app


def main(folder: Path, admin: str) -> None:
    """folder: of the files of an import of the type "assets". admin: name of the administrator, whose password lies in the file
    admin_password of SUPERSET_HOME: no argument, which others on the machine could see.
    """
    password = (Path(os.environ["SUPERSET_HOME"]) / "admin_password").read_text(encoding="utf-8").strip()
    with create_app().app_context():
        from superset import db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.models.dashboard import Dashboard

        g.user = security_manager.find_user(admin) or security_manager.add_user(
            admin, "Admin", "Admin", f"{admin}@localhost", security_manager.find_role("Admin"), password
        )
        files = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}
        # else it goes on with the password that it has of a database, whatever the new address says
        passwords = {
            name: make_url(yaml.safe_load(text)["sqlalchemy_uri"]).password
            for name, text in files.items()
            if name.startswith("databases/")
        }
        ImportAssetsCommand(files, passwords=passwords).run()
        slugs = [yaml.safe_load(text)["slug"] for name, text in files.items() if name.startswith("dashboards/")]
        for dashboard in db.session.query(Dashboard).filter(Dashboard.slug.in_(slugs)):
            dashboard.published = True  # an import cannot say so
        db.session.commit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
