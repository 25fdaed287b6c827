"""Writes the secrets that docker-compose.yml mounts, each once: python3 deploy/make_secrets.py [folder]. Needs only Python's
own library.
"""

import argparse
import base64
import json
import os
import secrets
from pathlib import Path

USERS = ("admin", "engineer", "analyst")
DATABASES = ("airflow", "ledger", "marts")
BI_READERS = ("marts_reader", "marts_public_reader")


def make(folder: Path, database_host: str) -> dict[str, str]:
    """Secret -> its content, written to a file of that name where there is none yet; returns those written.

    The folder is the owner's only. The files are readable to all inside it, because a container sees the file and not
    the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    content = {
        "postgres_password": secrets.token_urlsafe(24),
        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(64),
        "api_secret_key": secrets.token_urlsafe(32),
        "airflow_passwords": json.dumps({user: secrets.token_urlsafe(12) for user in USERS}),
    }
    for name in DATABASES:
        file = folder / f"{name}_db_password"
        password = file.read_text(encoding="utf-8") if file.exists() else secrets.token_urlsafe(24)
        content[file.name] = password
        content[f"{name}_db_url"] = f"postgresql+psycopg2://{name}:{password}@{database_host}/{name}"
    content |= {f"{name}_password": secrets.token_urlsafe(24) for name in BI_READERS}
    content = {name: text for name, text in content.items() if not (folder / name).exists()}
    for name, text in content.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o444)
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent / "secrets")
    parser.add_argument("--database-host", default="postgres:5432")
    arguments = parser.parse_args()
    made = make(arguments.folder, arguments.database_host)
    if made:
        logins = f"。登录口令 (logins): {made['airflow_passwords']}" if "airflow_passwords" in made else ""
        print(f"已写入 (written) {arguments.folder}: {'、'.join(made)}{logins}")
    else:
        print(f"已有，未改动 (kept as they are): {arguments.folder}")


if __name__ == "__main__":
    main()
