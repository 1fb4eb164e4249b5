"""The schema's versions are told without Alembic, and are Alembic's."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from creditgate_server.errors import SetupFault
from creditgate_server.storage import database
from creditgate_server.storage.database import Store, migrate, open_existing, versions


def test_they_are_those_that_alembic_finds_in_its_order():
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert versions() == [script.revision for script in scripts.walk_revisions()][::-1]
    assert scripts.get_heads() == [versions()[-1]]


def test_a_schema_of_a_later_version_is_refused(store: Store, store_url: str):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (migrate, lambda _: open_existing(store_url)):
        with pytest.raises(SetupFault, match="数据库结构版本 9999 比本程序新"):
            refused(store)


@pytest.mark.process
def test_a_store_that_is_up_to_date_is_opened_without_alembic(sqlite_url: str):
    migrate(database.open_store(sqlite_url))
    program = (
        "import sys; from creditgate_server.storage.database import migrate, open_store;"
        f"migrate(open_store({sqlite_url!r})); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
