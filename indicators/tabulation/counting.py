"""Distinct counts of activities under every node of a framework, by the database.

The tree has no fixed depth, so the statements walk it with a recursive common table expression,
which SQLite and PostgreSQL both know and the ORM does not write. UNION (not UNION ALL) makes the
walk end even in a tree that somebody tied into a ring.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from indicators.models import Activity, Framework, FrameworkNode, SectoralBody
from indicators.tabulation.tables import WHOLE, Cell, Subject, Tables, Taking, build

# Each node with everything it stands below, itself and the framework as a whole among them.
_REACH = """
WITH RECURSIVE reach(node, above) AS (
    SELECT id, id FROM {nodes} WHERE framework_id = %s
    UNION
    SELECT reach.node, parents.parent_id
    FROM reach JOIN {nodes} parents ON parents.id = reach.above
    WHERE parents.parent_id IS NOT NULL
), served(activity, above) AS (
    SELECT DISTINCT links.activity_id, reach.above
    FROM reach JOIN {links} links ON links.frameworknode_id = reach.node
    UNION
    SELECT links.activity_id, %s
    FROM {links} links JOIN {nodes} nodes ON nodes.id = links.frameworknode_id
    WHERE nodes.framework_id = %s
)
"""
# An activity has one status, one main type and one lead, so the cells of a node never overlap.
_CELLS = """
SELECT served.above, plans.status, plans.type, plans.lead_body_id, COUNT(DISTINCT plans.id)
FROM served JOIN {activities} plans ON plans.id = served.activity
WHERE plans.id IN ({chosen})
GROUP BY served.above, plans.status, plans.type, plans.lead_body_id
"""
_TAKING = """
SELECT served.above, part.body, COUNT(DISTINCT part.activity)
FROM served
JOIN (
    SELECT id AS activity, lead_body_id AS body FROM {activities} WHERE status <> 'withdrawn'
    UNION
    SELECT support.activity_id, support.sectoralbody_id
    FROM {support} support JOIN {activities} plans ON plans.id = support.activity_id
    WHERE plans.status <> 'withdrawn'
) part ON part.activity = served.activity
WHERE part.activity IN ({chosen})
GROUP BY served.above, part.body
"""


def tabulate(framework: Framework, activities: "QuerySet[Activity]") -> Tables:
    """The tables of a framework over these activities: Table 1 and one for each part of its top.

    `activities` may be filtered (what a person sees, a body, years); those that serve no node of
    the framework are not in the tables, and `Tables.unconnected` says how many serve no node at
    all. Two statements count, two more read the names of nodes and bodies.
    """
    nodes = {
        node.pk: Subject(
            pk=node.pk,
            key=node.key,
            code=node.code,
            title=node.display_title,
            kind=node.kind,
            above=node.parent_id,
        )
        for node in FrameworkNode.objects.filter(framework=framework).order_by(
            "position", "code", "pk"
        )
    }
    bodies = {body.pk: body.acronym for body in SectoralBody.objects.all()}
    cells = [
        Cell(node, status, type_, bodies[lead], number)
        for node, status, type_, lead, number in _rows(_CELLS, framework, activities)
    ]
    taking = [
        Taking(node, bodies[body], number)
        for node, body, number in _rows(_TAKING, framework, activities)
    ]
    unconnected = (
        activities.order_by().filter(measures=None).exclude(status=Activity.Status.WITHDRAWN)
    )
    return build(
        title=str(framework),
        nodes=nodes,
        cells=cells,
        taking=taking,
        unconnected=unconnected.count(),
    )


def _rows(statement: str, framework: Framework, activities: "QuerySet[Activity]") -> list[tuple]:
    chosen = activities.order_by().values("pk").query
    try:
        inner, parameters = chosen.sql_with_params()
    except EmptyResultSet:
        return []
    quoted = connection.ops.quote_name
    sql = (_REACH + statement).format(
        nodes=quoted(FrameworkNode._meta.db_table),
        activities=quoted(Activity._meta.db_table),
        links=quoted(Activity.measures.through._meta.db_table),
        support=quoted(Activity.supporting_bodies.through._meta.db_table),
        # A format mark in the queryset's own text must not be taken for ours: it comes last.
        chosen=inner,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [framework.pk, WHOLE, framework.pk, *parameters])
        return cursor.fetchall()
