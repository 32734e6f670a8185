--- SPECs as JSON texts: right ones, and wrong ones with what is wrong.

local M = {}

--- "POINTER: EXPECTED" for each.
M.refused = {
  { "[]", ": object expected, got array" },
  { '{"team": []}', "/team: unknown key, did you mean 'teams'?" },
  { '{"organization": {"name": "n", "colour": 1}}',
    "/organization/colour: unknown key, known are 'create', "
    .. "'legalEntityAddress', 'legalEntityContactEmail', "
    .. "'legalEntityName', 'legalEntityOfficer' and 'name'" },
  { '{"organization": {}}',
    "/organization/name: string expected, got nothing: it says whose token "
    .. "this must be" },
  { '{"organization": {"name": ""}}',
    "/organization/name: at least 1 character expected, got 0" },
  { '{"paymentMethod": "2026 contract"}',
    "/paymentMethod: object expected, got string" },
  { '{"projects": [{"name": "p", "displayName": "P"}]}',
    "/projects/0/locationName: string expected, got nothing" },
  { '{"projects": [{"name": "..", "displayName": "P", "locationName": "l"}]}',
    "/projects/0/name: name expected, got '..'" },
  { '{"teams": [{"name": "t", "scopes": {"a/b": {"roles": "user"}}}]}',
    "/teams/0/scopes/a~1b/roles: array expected, got string" },
  { '{"teams": [{"name": "t", "members": [{"email": "kari"}]}]}',
    "/teams/0/members/0/email: e-mail address expected, got 'kari'" },
  { '{"teams": [{"name": "t"}, {"name": "u"}, {"name": "t"}]}',
    "/teams/2/name: 't' is there twice" },
  { '{"teams": [{"name": "t", "members": [{"email": "a@b.c"}, '
    .. '{"email": "A@b.c"}]}]}',
    "/teams/0/members/1/email: 'A@b.c' is there twice" },
  { '{"tokens": [{"description": "d", "file": "f"}]}',
    "/tokens/0/permissions: object expected, got nothing" },
  { '{"tokens": [{"description": "d", "file": "f", "permissions": '
    .. '{"t": {"r": {"f": ["get"]}}}, "days": 366}]}',
    "/tokens/0/days: integer of 1 to 365 expected, got 366" },
  { '{"tokens": [{"description": "d", "file": "f", "permissions": {}}]}',
    "/tokens/0/permissions: at least 1 member expected, got 0" },
  { '{"tokens": [{"description": "d", "file": "f", "permissions": '
    .. '{"t": {"r": {}}}}]}',
    "/tokens/0/permissions/t/r: at least 1 member expected, got 0" },
  { '{"teams": [{"name": "t", "scopes": {"s": {"roles": ["a", "b", "a"]}}}]}',
    "/teams/0/scopes/s/roles/2: 'a' is there twice" },
  { '{"invites": [{"email": "a@b.c", "teams": ["t", "t"]}]}',
    "/invites/0/teams/1: 't' is there twice" },
  { '{"invites": [{"email": "a@b.c\\u0000"}]}',
    "/invites/0/email: e-mail address expected, got 'a@b.c\0'" },
}

--- A SPEC with all that a SPEC may have.
M.whole = [[{
  "$schema": "./spec.schema.json", "ignore": ["teams/legacy-*"],
  "ownTokens": "nightly-*",
  "organization": {"name": "n", "create": true, "legalEntityName": null,
    "legalEntityAddress": "a"},
  "paymentMethod": {"displayName": "m", "acceptTerms": true},
  "paymentMethods": [{"displayName": "o"}],
  "projects": [{"name": "p", "displayName": "", "locationName": "l",
    "paymentMethod": "m", "isActive": false, "webhooks": [{"name": "w",
      "url": "https://h.test/x", "enabled": false,
      "events": ["MediaKind.JobFinished"], "headers": {"X-A": "a"},
      "queryParams": {"q": "a\nb"}, "authentication": {
        "headers": {"A": "s", "B": {"env": "HOME"}},
        "queryParams": {"C": {"env": "HOME", "keep": true}, "D": "a\nb"}}}]}],
  "teams": [{"name": "t", "description": "d",
    "scopes": {"s": {"roles": ["r"]}}, "members": [{"email": "a@b.c",
      "isTeamAdmin": true, "until": "2026-12-31"}]}],
  "inviteComment": "c",
  "invites": [{"email": "a@b.c", "teams": ["t"], "comment": ""}],
  "tokens": [{"description": "d", "file": "f", "days": 90,
    "permissions": {"t": {"r": {"f": ["get"]}}}}]}]]

--- What a JSON Schema cannot say; the words of the fault.
M.beyond = { "is there twice", "environment variable", "No such file" }

return M
