"""What changes in an object type itself: whether it is there, and its own members."""

from typing import Final

from lifecycle.review import rules
from lifecycle.review.report import Report
from profiles import ObjectType

_AGAIN: Final = "Put all of its objects again"


def type_added(report: Report, new: ObjectType) -> None:
    """The type is in the new version alone."""
    creates = "starts a" if new.allow_profile_creation else "starts no"
    report.add(
        rules.TYPE_ADDED,
        "",
        None,
        new.name,
        f"Its objects add to the profiles that their keys find; one that finds none {creates} "
        "profile.",
        "Look at the resulting profile, and put the source's existing records once.",
        "name",
    )


def type_removed(report: Report, old: ObjectType, *, deployed: bool) -> None:
    """The type is in the old version alone. deployed: whether that is what is deployed now."""
    loss = (
        "the service deletes its objects, disables integrations that use it, and takes out of "
        "profiles the values and the keys that they brought: objects of other types that met a "
        "customer by such a key start a second profile."
    )
    if deployed:
        consequence = f"No mapping declares it; if the stack made it, {loss}"
        action = "Write a mapping for it, or let it go on purpose: export its objects first."
    else:
        consequence = f"{loss[0].upper()}{loss[1:]}"
        action = "Export its objects first if they may be needed again."
    report.add(rules.TYPE_REMOVED, "", old.name, None, consequence, action)


def type_renamed(report: Report, old: ObjectType, new: ObjectType) -> None:
    """The type has another name, which the service cannot change."""
    report.add(
        rules.TYPE_RENAMED,
        "",
        old.name,
        new.name,
        f"The service deletes {old.name} with its objects, their values in profiles and their "
        f"keys; {new.name} starts empty, and sources that send {old.name} are refused.",
        f"Keep the name. Otherwise add {new.name} beside it, put all objects into that, move the "
        f"sources, and remove {old.name} last.",
        "name",
    )


def compare_members(report: Report, old: ObjectType, new: ObjectType, *, indexed: bool) -> None:
    """Every member but name, fields and keys.

    indexed: whether the type feeds an index of the domain by which objects are matched.
    """
    if old.template_id != new.template_id:
        _template(report, old, new)
    if old.description != new.description:
        report.add(
            rules.DESCRIPTION_CHANGED,
            "",
            old.description,
            new.description,
            "Only people read it.",
            "Nothing.",
            "description",
        )
    _expiry(report, old.expiration_days, new.expiration_days)
    _priority(report, old.source_priority, new.source_priority, indexed=indexed)
    if old.max_profile_object_count != new.max_profile_object_count:
        report.add(
            rules.OBJECT_COUNT_CHANGED,
            "",
            _number(old.max_profile_object_count),
            _number(new.max_profile_object_count),
            "Once a profile is full, the oldest objects go first of the type that is furthest "
            "above its number.",
            "Check how many objects customers have.",
            "max_profile_object_count",
        )
    if old.encryption_key != new.encryption_key:
        report.add(
            rules.ENCRYPTION_KEY_CHANGED,
            "",
            old.encryption_key,
            new.encryption_key,
            "Objects put from now on are encrypted with the new key; those that are there can be "
            "read only while the old one exists.",
            "Keep the old key, and allow the service to use the new one.",
            "encryption_key",
        )
    if old.template_id is None and new.template_id is None:
        _compare_untemplated(report, old, new)


def _compare_untemplated(report: Report, old: ObjectType, new: ObjectType) -> None:
    """What a template decides where there is one."""
    before = old.source_last_updated_timestamp_format
    after = new.source_last_updated_timestamp_format
    if before != after:
        report.add(
            rules.TIMESTAMP_FORMAT_CHANGED,
            "",
            before,
            after,
            "Times of last update in objects put from now on are read by the new pattern; those "
            "that do not fit are lost.",
            "Change it together with the source.",
            "source_last_updated_timestamp_format",
        )
    if old.allow_profile_creation == new.allow_profile_creation:
        return
    if new.allow_profile_creation:
        rule = rules.PROFILE_CREATION_ON
        consequence = (
            "Objects that match no single profile start one: where several match, or where a later "
            "object would have brought the key, the customer gets a second profile."
        )
        action = "Make sure that its PROFILE keys tell one customer from another."
    else:
        rule = rules.PROFILE_CREATION_OFF
        consequence = (
            "Objects that match no single profile go to the dead-letter queue: customers who are "
            "known by this type alone stay unknown."
        )
        action = "Make sure that another type creates these customers first, and watch the queue."
    report.add(
        rule,
        "",
        str(old.allow_profile_creation),
        str(new.allow_profile_creation),
        consequence,
        action,
        "allow_profile_creation",
    )


def _template(report: Report, old: ObjectType, new: ObjectType) -> None:
    report.add(
        rules.TEMPLATE_CHANGED,
        "",
        old.template_id,
        new.template_id,
        "Fields and keys are replaced by others, of which a template's are the service's own: "
        "objects may be matched differently, and attributes keep what they had.",
        f"Compare with GetProfileObjectTypeTemplate. {_AGAIN}.",
        "template_id",
    )


def _expiry(report: Report, before: int | None, after: int | None) -> None:
    if before == after:
        return
    stays = "those that are there keep the time that they were put with"
    if before is None or after is None:
        rule = rules.EXPIRY_DEFAULT_CHANGED
        consequence = f"Objects put from now on are kept {_days(after)}; {stays}."
        action = f"Compare with the stack's defaultExpirationDays. {_AGAIN} if the new time counts."
    elif after < before:
        rule = rules.EXPIRY_SHORTENED
        consequence = f"Objects put from now on are forgotten after {_days(after)}; {stays}."
        action = f"Make sure that nobody needs them longer. {_AGAIN} if old ones shall go too."
    else:
        rule = rules.EXPIRY_LENGTHENED
        consequence = f"Objects put from now on are kept {_days(after)}; {stays}."
        action = f"{_AGAIN} if old ones shall stay as long."
    report.add(rule, "", _number(before), _number(after), consequence, action, "expiration_days")


def _priority(report: Report, before: int | None, after: int | None, *, indexed: bool) -> None:
    if before == after:
        return
    # None is below every number, and 1 is the highest.
    if before is None or (after is not None and after < before):
        change = "overwrite values of more sources from now on, and yield to fewer"
    else:
        change = "yield to more sources from now on, and overwrite fewer"
    if indexed:
        rule = rules.MATCHED_SOURCE_PRIORITY_CHANGED
        consequence = (
            f"Its objects {change}: also in an index by which objects are matched, so that they "
            "may attach to other profiles."
        )
        action = "Look at the profiles that split and merge."
    else:
        rule = rules.SOURCE_PRIORITY_CHANGED
        consequence = f"Its objects {change}; what profiles hold stays until the next object."
        action = "Look at the attributes that other types write too."
    report.add(rule, "", _number(before), _number(after), consequence, action, "source_priority")


def _days(days: int | None) -> str:
    if days is None:
        return "as long as the domain's default says"
    return "1 day" if days == 1 else f"{days} days"


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
