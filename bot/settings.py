"""The settings of `amends run`, from the environment or `.env`; the docs are made from these."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsProblem(Exception):
    """Settings are missing or wrong; the message names each with what to do about it."""


class Settings(BaseSettings):
    """What `amends run` has to be told. Every field's description is shown to the operator."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr = Field(
        description="The bot's token, `xoxb-…`, from *OAuth & Permissions* of your Slack app."
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="The app-level token, `xapp-…`, with the scope `connections:write`; not with "
        "`--http`.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret, from *Basic Information*; only with `--http`.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        description="Where the Slack Web API is; ends with `/api/`.",
    )
    telegram_bot_token: SecretStr | None = Field(
        default=None,
        description="The token of the Telegram bot that clients write to, from @BotFather; "
        "without it everything else works.",
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org",
        description="Where Telegram's Bot API is; the bot adds `/bot…`.",
    )
    clinic_file: Path = Field(
        description="The clinic file (TOML): people, locations, deadlines. "
        "`amends clinic example` prints one to start from."
    )
    database_url: str = Field(
        default="sqlite+aiosqlite:///amends.sqlite3",
        description="The database: `sqlite+aiosqlite:///` and a path, or for several processes "
        "`postgresql+asyncpg://user:password@host/database`.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address to serve on: Slack's requests with `--http`, health and metrics.",
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The port to serve on; 3000 with `--http`, else nothing is served without it.",
    )
    heartbeat_url: str | None = Field(
        default=None,
        description="An address that is called each minute while all is well, such as a dead "
        "man's switch gives you; it may stay empty.",
    )
    encryption_keys: SecretStr = Field(
        description="The keys that personal data is encrypted with, newest first, separated by "
        "commas. `amends keys new` makes one. Without them nobody can read the database."
    )

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _starting_with("xoxb-", token)

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return token and _starting_with("xapp-", token)

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")) or not url.endswith("/api/"):
            raise ValueError("has to start with http:// or https:// and to end with /api/")
        return url

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("has to start with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return url


def _starting_with(prefix: str, token: SecretStr) -> SecretStr:
    found = token.get_secret_value()
    if not found.startswith(prefix) or found == prefix:
        raise ValueError(f"has to start with {prefix}, and to go on")
    return token


def read_settings(*needed: str) -> Settings:
    """The settings of this process; those `needed` must be there although others do without.

    Raises:
        SettingsProblem: with one line a setting that is missing or wrong; never with its value.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = str(problem["loc"][0])
            about = Settings.model_fields[name].description
            if problem["type"] == "missing":
                lines.append(f"{name.upper()} is missing. {about}")
            else:
                what = problem["msg"].removeprefix("Value error, ")
                lines.append(f"{name.upper()} is wrong: {what}. {about}")
        raise SettingsProblem("\n".join(lines)) from None
    missing = [name for name in needed if getattr(settings, name) is None]
    if missing:
        fields = Settings.model_fields
        lines = [f"{name.upper()} is missing. {fields[name].description}" for name in missing]
        raise SettingsProblem("\n".join(lines))
    return settings
