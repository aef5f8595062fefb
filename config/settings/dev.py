"""One machine, plain http on the loopback address: `make run` and a developer's shell."""

from config import env

env.read_dotenv()

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import VAR_DIR, database  # noqa: E402
from scripts import pg, secret_key  # noqa: E402

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or secret_key.local(VAR_DIR)
FIELD_ENCRYPTION_KEYS = env.words("FIELD_ENCRYPTION_KEYS") or [secret_key.local_field_key(VAR_DIR)]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.words("ALLOWED_HOSTS")]
DATABASES = {
    "default": database(
        env.text("DATABASE_URL") or pg.url(pg.APP_ROLE),
        owner_url=env.text("DATABASE_OWNER_URL") or ("" if env.text("DATABASE_URL") else pg.url(pg.OWNER_ROLE)),
    )
}
