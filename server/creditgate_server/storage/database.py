"""Opening the store and bringing its schema up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, Executable, Row, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ..errors import SetupFault, StoreDown
from .file_identity import FileIdentity

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_SECONDS = 5.0
"""How long a statement waits for SQLite's write lock."""

_MIGRATION_LOCK = 4_210_019  # any number that only this project's migrations lock
_MIGRATIONS = Path(__file__).parent / "migrations"
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store."""

    engine: Engine
    url: URL
    """Never print it whole: it may hold a password."""
    identity: FileIdentity | None = None
    """Of the SQLite file; None for a server."""

    @property
    def embedded(self) -> bool:
        """SQLite in this process, not a server."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a server."""
        return Path(self.url.database) if self.embedded and self.url.database else None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(address: str) -> Store:
    """Open `sqlite:///PATH` or `postgresql://…`; connects when used. Raises SetupFault for a wrong address."""
    try:
        url = make_url(address)
    except ArgumentError as fault:
        raise SetupFault(
            "数据库地址不正确", "例如 sqlite:///var/creditgate.db 或 postgresql://user@host/name", "store"
        ) from fault
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, pool_pre_ping=True, pool_size=8, connect_args={"connect_timeout": 5})
        return Store(engine, url)
    raise SetupFault(f"不支持的数据库 {url.get_backend_name()}", "用 sqlite 或 postgresql", "store")


def open_existing(address: str) -> Store:
    """The same of a store that is there, as this program keeps it; nothing is made, nothing migrated.

    Raises SetupFault for a wrong address, a file that is not there and tables of another version, StoreDown.
    """
    file = Path(address.removeprefix(_SQLITE).partition("?")[0])
    if address.startswith(_SQLITE) and not file.exists():  # to open it would make it
        raise SetupFault(f"没有数据库文件 {file}", "检查 --store", "store")
    store = open_store(address)
    try:
        _require_this_schema(store)
    except BaseException:
        store.close()
        raise
    return store


def _require_this_schema(store: Store) -> None:
    known = versions()
    with store_down("数据库不能读取", "检查数据库地址、权限和磁盘"), store.engine.connect() as connection:
        there = _version(connection)
    _refuse_later(there, known)
    if there is None:
        raise SetupFault("这个数据库里没有本程序的表", "检查 --store; 新库先运行 creditgate-server migrate", "store")
    if there != known[-1]:
        hint = "先运行 creditgate-server migrate; 要保留原样的, 在副本上运行"
        raise SetupFault(f"数据库结构是早一版的 {there}", hint, "store")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _open_sqlite(url: URL) -> Store:
    if not url.database or url.database == ":memory:":
        raise SetupFault("SQLite 需要文件路径", "例如 sqlite:///var/creditgate.db", "store")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SetupFault(f"不能建立数据库目录: {fault.strerror}", "检查路径和权限", "store") from fault
    # A thread that reads has a connection: no thread waits for another's.
    engine = create_engine(url, max_overflow=-1, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    identity = FileIdentity(Path(url.database))

    @event.listens_for(engine, "do_connect")
    def _require_file(*_: object) -> None:
        identity.require()  # else the driver would make an empty file in its place

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - driver's connection
        _prepare_sqlite(connection)
        try:
            identity.settle()
        except StoreDown:
            connection.close()
            raise

    return Store(engine, url, identity)


def _prepare_sqlite(connection: Any) -> None:  # noqa: ANN401 - driver's connection
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # NORMAL is not durable over a power loss
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@contextmanager
def store_down(message: str, hint: str) -> Iterator[None]:
    """What the store's driver raises is StoreDown, in these words."""
    try:
        yield
    except SQLAlchemyError as fault:
        raise StoreDown(message, hint) from fault


def read(store: Store, statement: Executable, what: str = "数据库", hint: str = "稍后重试") -> Sequence[Row[Any]]:
    """The rows of a statement. Raises StoreDown, which says `what` can't be read."""
    with store_down(f"{what}不能读取", hint), store.engine.connect() as connection:
        return connection.execute(statement).all()


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """One transaction that holds the write lock from its start, so that what it reads can't change before it writes.

    Commits at the end, rolls back on an exception. Raises StoreDown where the store fails.
    """
    try:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if store.embedded else "BEGIN")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    except SQLAlchemyError as fault:
        raise StoreDown("数据库不能使用", "检查数据库地址、权限和磁盘空间; 重新运行不会重复写入") from fault


def versions() -> list[str]:
    """Versions of the schema in order, by the names of their files: Alembic, which knows them, takes long to load."""
    return sorted(path.stem.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def migrate(store: Store, to: str = "head") -> None:
    """Bring the schema up to date, or to an earlier version; safe when several processes do it at once.

    Raises StoreDown where the store can't be reached or written, SetupFault for a schema from a later version.
    """
    known = versions()
    with writing(store) as connection:
        if not store.embedded:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        there = _version(connection)
        _refuse_later(there, known)
        if there != (known[-1] if to == "head" else to):
            _upgrade(connection, to)


def _upgrade(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as fault:
        raise SetupFault(f"数据库结构升级失败: {fault}", "核对程序版本与数据库版本") from fault


def _version(connection: Connection) -> str | None:
    """Of the schema; None where there is none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_later(there: str | None, known: list[str]) -> None:
    if there is not None and there not in known:
        raise SetupFault(f"数据库结构版本 {there} 比本程序新", "用不低于它的程序版本启动")
