"""What calls ask and answer: the shapes that the documentation of the API is made from."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from artrec.serving.steering import LONGEST, Closed, Label, Share, Steering

N_DEFAULT: Final = 20
N_MOST: Final = 500
OFFSET_MOST: Final = 10_000
PROFILE_MOST: Final = 5_000
ITEM_PATTERN: Final = r"^[A-Za-z_][A-Za-z0-9_]*:[^\x00-\x1f]+$"

ItemId = Annotated[
    str,
    Field(min_length=3, max_length=200, pattern=ITEM_PATTERN, examples=["movies:1"]),
]
Number = Annotated[int, Field(ge=1, le=N_MOST)]
Offset = Annotated[int, Field(ge=0, le=OFFSET_MOST)]
Rating = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class QueryModel(BaseModel):
    """Parameters of an address; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(QueryModel):
    """What a list is asked for with."""

    n: Number = Field(default=N_DEFAULT, description="Works in the list.")
    medium: Label | None = Field(default=None, description="Medium; by default what fits best.")
    offset: Offset = Field(default=0, description="Works to skip.")
    steering: Annotated[str, Field(max_length=LONGEST)] | None = Field(
        default=None, description="A steering: its JSON in base64url."
    )


class ProfileEntry(Closed):
    """One work that a person knows; without rating and `liked` it counts as known only."""

    item: ItemId = Field(description="The work.")
    rating: Rating | None = Field(default=None, description="On the medium's own scale.")
    liked: bool | None = Field(default=None, description="Whether they like it.")
    seen: bool | None = Field(default=None, description="Whether they know it.")


Profile = Annotated[list[ProfileEntry], Field(max_length=PROFILE_MOST)]


class SessionQuestion(Closed):
    """A profile and what is wanted for it; nothing of it is stored."""

    profile: Profile = Field(description="Works the person knows.")
    medium: Label | None = Field(default=None, description="Medium; by default what fits best.")
    n: Number = Field(default=N_DEFAULT, description="Works in the list.")
    offset: Offset = Field(default=0, description="Works to skip.")
    steering: Steering = Field(default=Steering(), description="Sliders and filters.")
    pool: Annotated[list[ItemId], Field(max_length=PROFILE_MOST)] | None = Field(
        default=None, description="The only works to choose from, a watchlist for example."
    )
    leave_out: Annotated[list[ItemId], Field(max_length=PROFILE_MOST)] = Field(
        default=[], description="Works not to be shown."
    )


class WhyQuestion(Closed):
    """A profile and the work to be explained."""

    profile: Profile = Field(description="Works the person knows.")
    item: ItemId = Field(description="The work.")


class Because(BaseModel):
    """A work of the person's own that speaks for a recommended one."""

    item: str = Field(description="The work.")
    title: str = Field(description="Its title.")
    share: float = Field(description="Its share of all that speaks for the recommended work.")


class SeriesPlace(BaseModel):
    """A place in a series."""

    name: str = Field(description="The series.")
    position: str | None = Field(description="The volume, as it is written.")


class Cover(BaseModel):
    """A typographic cover, drawn from what the work is."""

    hue: int = Field(description="Degrees.")
    pattern: int = Field(description="Which of eight patterns.")
    initials: str = Field(description="Up to two letters.")


class Brief(BaseModel):
    """What a list shows of a work."""

    item: str = Field(description="The work.")
    title: str = Field(description="Its title.")
    year: int | None = Field(description="Its year.")
    creators: list[str] = Field(description="Who made it.")
    medium: str = Field(description="Its medium.")
    genres: list[str] = Field(description="Its genres.")
    minutes: float | None = Field(description="Its length.")
    series: SeriesPlace | None = Field(description="The series it belongs to.")
    cover: Cover = Field(description="Its cover.")


class ListedWork(Brief):
    """A recommended work."""

    score: float = Field(description="The model's score; only its order means anything.")
    rank: int = Field(description="Place in the list, from 1.")
    sure: Share = Field(description="How sure, 0 to 1; no probability.")
    popular: bool = Field(description="Whether popularity drives it.")
    because: list[Because] = Field(description="The person's works that speak for it.")
    reason: str = Field(description="One sentence.")


class ListAnswer(BaseModel):
    """A list of recommended works."""

    list_id: str = Field(description="Names the list; give it with impressions and clicks.")
    version: str = Field(description="Version of the bundle it comes from.")
    medium: str = Field(description="Its medium; `mixed` for more than one.")
    fallback: bool = Field(description="Whether nothing is known of the person.")
    n_profile: int = Field(description="Works of the profile that counted.")
    items: list[ListedWork] = Field(description="The works, best first.")
    next_offset: int | None = Field(description="Where the list goes on; null at its end.")


class WhyWork(BaseModel):
    """A work of the history behind a part of a score."""

    item: str = Field(description="The work.")
    title: str = Field(description="Its title.")
    contribution: float = Field(description="What it adds to the part.")


class WhyPart(BaseModel):
    """A part of a score."""

    group: str = Field(description="Name of the part.")
    label: str = Field(description="The same in plain words.")
    contribution: float = Field(description="What it adds; negative where it speaks against.")
    works: list[WhyWork] = Field(description="Works of the history behind it.")


class WhyAnswer(BaseModel):
    """Why a work scores as it does: base and contributions sum to the score."""

    item: str = Field(description="The work.")
    title: str = Field(description="Its title.")
    version: str = Field(description="Version of the bundle.")
    score: float = Field(description="The model's score.")
    base: float = Field(description="What every work starts from.")
    place: int = Field(description="Place by score among works they do not know, from 1.")
    of: int = Field(description="How many works that are.")
    middle: float = Field(description="The score that half of those works stand above.")
    parts: list[WhyPart] = Field(description="The parts, by magnitude.")


class Found(BaseModel):
    """A work that a search found."""

    item: str = Field(description="The work.")
    title: str = Field(description="Its title.")
    year: int | None = Field(description="Its year.")
    creators: list[str] = Field(description="Who made it.")
    medium: str = Field(description="Its medium.")
    cover: Cover = Field(description="Its cover.")
    match: float = Field(description="How well it fits, 0 to 100.")


class FoundAnswer(BaseModel):
    """What a search found, best first."""

    items: list[Found] = Field(description="The works.")
    version: str = Field(description="Version of the bundle.")


class StartAnswer(BaseModel):
    """Works to choose from at a first visit."""

    round: int = Field(description="Which round.")
    medium: str = Field(description="Their medium.")
    items: list[Brief] = Field(description="The works.")
    version: str = Field(description="Version of the bundle.")


class WorkAnswer(Brief):
    """Everything the service knows of a work."""

    languages: list[str] = Field(description="Its languages.")
    countries: list[str] = Field(description="Where it comes from.")
    writers: list[str] = Field(description="Who wrote it.")
    cast: list[str] = Field(description="Who plays in it.")
    tags: list[str] = Field(description="How people tag it.")
    liked_by: int = Field(description="How many people of the data liked it.")
    known: bool = Field(description="Whether the model can recommend it.")
    n_neighbors: int = Field(description="How many works are near it.")
    attribution: str = Field(description="Whom the terms of the data ask to name.")
    licence: str = Field(description="The terms.")
    version: str = Field(description="Version of the bundle.")


class Neighbor(Brief):
    """A work near another."""

    score: float = Field(description="The model's score for somebody who likes that work alone.")
    rank: int = Field(description="Place, from 1.")


class NeighborsAnswer(BaseModel):
    """Works near one."""

    item: str = Field(description="The work.")
    items: list[Neighbor] = Field(description="The nearest first.")
    version: str = Field(description="Version of the bundle.")


class GenreShare(BaseModel):
    """How often a genre is among what somebody liked."""

    name: str = Field(description="The genre.")
    share: float = Field(description="Its share of what they liked.")
    average_share: float = Field(description="Its share of what people like.")


class Count(BaseModel):
    """How many liked works have a value."""

    name: str = Field(description="The value.")
    n: int = Field(description="How many.")


class TasteAnswer(BaseModel):
    """A person's taste in one medium."""

    medium: str = Field(description="The medium.")
    n: int = Field(description="Works they know.")
    n_liked: int = Field(description="Works they liked.")
    mean_rating: float | None = Field(description="Mean of their ratings.")
    genres: list[GenreShare] = Field(description="Genres, the largest share first.")
    decades: list[GenreShare] = Field(description="Decades, in order.")
    creators: list[Count] = Field(description="Creators liked most often.")
    liked: list[str] = Field(description="The works they liked, the latest first, 500 at most.")
    version: str = Field(description="Version of the bundle.")


class MapAnswer(BaseModel):
    """Works as points; arrays are aligned."""

    medium: str = Field(description="Their medium.")
    items: list[str] = Field(description="The works.")
    x: list[float] = Field(description="From -1 to 1.")
    y: list[float] = Field(description="From -1 to 1.")
    title: list[str] = Field(description="Titles and years.")
    genre: list[str] = Field(description="First genres; empty where a work has none.")
    version: str = Field(description="Version of the bundle.")
