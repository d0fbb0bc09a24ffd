"""PURE: a paper (裁决书, 制度, a page of the register) described once, written as PDF and as Word.

`model` is the description; `typeset` makes PDF, `word` makes docx, a template of `web` shows it as a page.
`offered` is where the edges that know the rows offer their papers, so that pages and API give the same.
"""
