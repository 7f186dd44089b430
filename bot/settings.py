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
    slack_app_token: SecretStr = Field(
        description="The app-level token, `xapp-…`, with the scope `connections:write`."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        description="Where the Slack Web API is; ends with `/api/`.",
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
    def _app_token(cls, token: SecretStr) -> SecretStr:
        return _starting_with("xapp-", token)

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


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsProblem: with one line a setting that is missing or wrong; never with its value.
    """
    try:
        return Settings()
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
