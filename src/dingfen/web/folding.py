"""Templates in which everything that is the same for every reader is said beforehand: texts, icons, addresses.

A template is read once for each language. What depends on the language alone is written out then, parts included by
name stand in their place, and texts beside each other become one: of a page's eight hundred nodes half are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Node, NodeList, Template, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    TextNode,
    TokenType,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import (
    AutoEscapeControlNode,
    CommentNode,
    CycleNode,
    FilterNode,
    IfChangedNode,
    LoadNode,
    URLNode,
)
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode, construct_relative_path
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dingfen.web.markup import said

F = TypeVar("F", bound=Callable[..., Any])
APART: Any = (
    ExtendsNode,
    BlockNode,
    CycleNode,
    IfChangedNode,
)  # what a part with these says depends on where it is
CLOSED = (AutoEscapeControlNode, FilterNode)
SILENT = (CommentNode, LoadNode)
INDENT = re.compile(r"\s*\n\s*")  # of the template, not of the page
_reading: ContextVar[tuple[str, ...]] = ContextVar("reading", default=())


def same_for_all(tag: F) -> F:
    """Marks the function of a tag whose answer depends on its arguments and the language alone."""
    tag.same_for_all = True  # type: ignore[attr-defined]
    return tag


class Folded(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        token = _reading.set((*_reading.get(), template_name))
        try:
            fold(template.nodelist, template)
        finally:
            _reading.reset(token)
        _begin(template)
        return template


class Loader(cached.Loader, Folded):
    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


class Part(Node):
    """An included template, in its place."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression]) -> None:
        self.nodelist, self.given = nodelist, given

    def render(self, context: Context) -> Any:
        with context.push(**{name: value.resolve(context) for name, value in self.given.items()}):
            return self.nodelist.render(context)


class Value(VariableNode):
    """A value, mostly a plain text."""

    def render(self, context: Context) -> Any:
        found = self.filter_expression.resolve(context)
        if type(found) is SafeString or (type(found) is str and context.autoescape):
            return said(found)
        return render_value_in_context(found, context)


def _begin(template: Template) -> None:
    """A part begins where its first element does, whatever stands before it in the file."""
    nodes = template.nodelist
    if (template.name or "").endswith(".html") and nodes and isinstance(nodes[0], TextNode):
        nodes[0] = TextNode(nodes[0].s.lstrip())


def fold(nodes: NodeList, template: Template) -> None:
    """Fold a list of nodes of a template, and all within, in place."""
    folded: list[Node] = []
    for node in nodes:
        new = _included(node, template) if isinstance(node, IncludeNode) else node
        if type(new) is VariableNode:
            new.__class__ = Value
        for inner in _within(node):
            fold(inner, template)
        text = _said(new, template)
        if text is None:
            folded.append(new)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + text)
        elif text:
            folded.append(TextNode(text))
    nodes[:] = folded


def _within(node: Node) -> Iterator[NodeList]:
    if isinstance(node, CLOSED):
        return
    branches = getattr(node, "conditions_nodelists", None)
    if branches is not None:
        yield from (branch for _, branch in branches)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _included(node: IncludeNode, template: Template) -> Node:
    """The part itself, where its name is fixed and it says the same in any place."""
    name = node.template.var
    if node.isolated_context or node.template.filters or not isinstance(name, str):
        return node
    name = construct_relative_path(template.name or "", name)
    if name in _reading.get():
        return node
    try:
        part = template.engine.get_template(name)
    except TemplateDoesNotExist:
        return node
    return node if part.nodelist.get_nodes_by_type(APART) else Part(part.nodelist, node.extra_context)


def _said(node: Node, template: Template) -> str | None:
    """What a node says to everybody; None where that depends on the page."""
    if isinstance(node, TextNode):
        return INDENT.sub(" ", str(node.s)) if (template.name or "").endswith(".html") else str(node.s)
    if isinstance(node, SILENT):
        return ""
    if isinstance(node, Part):
        texts = [one.s for one in node.nodelist if isinstance(one, TextNode)]
        return "".join(texts) if len(texts) == len(node.nodelist) else None
    if not _is_fixed(node):
        return None
    context = Context()
    try:
        with context.bind_template(template):
            return str(node.render(context))
    except NoReverseMatch:
        return None


def _is_fixed(node: Node) -> bool:
    given: list[FilterExpression] = []
    if isinstance(node, TranslateNode):
        given = [node.filter_expression, *filter(None, [node.message_context])]
        return not node.asvar and all(map(_is_literal, given))
    if isinstance(node, BlockTranslateNode):
        texts = all(token.token_type == TokenType.TEXT for token in node.singular)
        context = node.message_context is None or _is_literal(node.message_context)
        return texts and context and not (node.extra_context or node.plural or node.asvar)
    if isinstance(node, URLNode):
        return not node.asvar and all(map(_is_literal, [node.view_name, *node.args, *node.kwargs.values()]))
    if isinstance(node, StaticNode):
        return node.varname is None and _is_literal(node.path)
    if isinstance(node, SimpleNode) and getattr(node.func, "same_for_all", False):
        return node.target_var is None and all(map(_is_literal, [*node.args, *node.kwargs.values()]))
    return False


def _is_literal(expression: FilterExpression) -> bool:
    var = expression.var
    return not expression.filters and (not isinstance(var, Variable) or var.lookups is None)


_variable: Any = Variable  # the stubs don't know how it looks for a value
_slow = _variable._resolve_lookup


def _look_up(self: Any, context: Any) -> Any:
    """A value as Django finds it, straight on where the way is plain; else all is left to Django.

    Django first tries every object as a dictionary, and most are none: a page does so four hundred times.
    """
    first, *others = self.lookups
    try:
        found = next(values[first] for values in reversed(context.dicts) if first in values)
        for name in others:
            if type(found) is dict:
                found = found[name]
            elif hasattr(type(found), "__getitem__") or callable(found):
                return _slow(self, context)
            else:
                found = getattr(found, name)
    except (AttributeError, LookupError, StopIteration, ObjectDoesNotExist):  # what Django says nothing for
        return _slow(self, context)
    return _slow(self, context) if callable(found) else found


_variable._resolve_lookup = _look_up
