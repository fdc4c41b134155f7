// Development only: serves dist and an in-memory API with the real one's shapes, trouble included, so that pages can
// be looked at without a server. `node dev/mock.mjs [port]`; EMPTY=1 starts with nothing connected, FRESH=1 not set up.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { seed } from "./seed.mjs";

const port = Number(process.argv[2] ?? 8788);
const dist = join(import.meta.dirname, "../dist");
const db = seed({ empty: !!process.env.EMPTY, base: `http://127.0.0.1:${port}` });
let setUp = !process.env.FRESH;
const streams = new Set();
const CSP =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

class Problem extends Error {
  constructor(status, code, detail, errors = []) {
    super(detail);
    Object.assign(this, { status, code, errors });
  }
}
const emit = (event, data) => {
  for (const s of streams) s.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};
const find = (list, id) => {
  const row = list.find((r) => r.id === id);
  if (!row) throw new Problem(404, "not_found", "There is nothing with this id.");
  return row;
};
const page = (items, q) => {
  const limit = Number(q.get("limit") ?? 50);
  const at = Number(q.get("cursor") ?? 0);
  return {
    items: items.slice(at, at + limit),
    next_cursor: at + limit < items.length ? String(at + limit) : null,
  };
};
const drop = (list, id) => void list.splice(list.indexOf(find(list, id)), 1);
const log = (log_type, c, success, title, detail = {}) =>
  db.logs.unshift({
    id: randomUUID(),
    log_type,
    integration_type: "calendar",
    provider: c.provider,
    connection_id: c.connection_id ?? c.id,
    calendar_id: c.connection_id ? c.id : null,
    success,
    title,
    detail,
    duration_ms: 120,
    created_at: new Date().toISOString(),
  });
const named = (e) => {
  const p = db.projects.find((x) => x.id === e.project_id);
  const c = db.clients.find((x) => x.id === (e.client_id ?? p?.client_id));
  return {
    ...e,
    client_id: c?.id ?? null,
    client_name: c?.name ?? null,
    project_name: p?.name ?? null,
    member_name: "Ada Marsh",
  };
};
function syncNow(c, full) {
  emit("sync", { calendar_id: c.id, phase: "started", result: null, changes: 0, error: null });
  const result = {
    calendar_id: c.id,
    created: full ? 0 : 1,
    updated: 2,
    deleted: 0,
    unchanged: 40,
    skipped_all_day: 1,
    full,
    pages: 1,
    provider_calls: 1,
    duration_ms: 132,
  };
  Object.assign(c, {
    last_sync_at: new Date().toISOString(),
    next_sync_at: new Date(Date.now() + 36e5).toISOString(),
    sync_errors: 0,
    last_error: null,
    last_result: result,
  });
  const connection = find(db.connections, c.connection_id);
  connection.last_sync_at = c.last_sync_at;
  log("calendar_sync", c, true, `${c.name}: ${result.created} new, ${result.updated} changed`, result);
  setTimeout(
    () => emit("sync", { calendar_id: c.id, phase: "finished", result, changes: 3, error: null }),
    400,
  );
  return result;
}
function connect(provider, account) {
  let connection = db.connections.find((c) => c.provider === provider && c.account_email === account);
  const created = !connection;
  if (!connection) {
    connection = db.newConnection(provider, account);
    db.connections.push(connection);
    db.calendars.push(db.newCalendar(connection, "Personal", { events_count: 12 }));
  }
  Object.assign(connection, { status: "connected", last_error: null, missing_scopes: [] });
  const calendars = db.calendars.filter((c) => c.connection_id === connection.id);
  return { success: true, connection: { ...connection, created }, calendars, message: "Connected." };
}
const changeable = (list, make) => ({
  list: (_, q) => page(list, q),
  create: (body) => {
    if (!body.name?.trim())
      throw new Problem(422, "validation", "Some fields need another look.", [
        { pointer: "/name", detail: "Give it a name." },
      ]);
    const row = make(body);
    list.push(row);
    return row;
  },
});
const clients = changeable(db.clients, (b) => ({
  id: randomUUID(),
  email: null,
  notes: null,
  color: null,
  archived: false,
  projects_count: 0,
  created_at: new Date().toISOString(),
  ...b,
}));
const projects = changeable(db.projects, (b) => ({
  id: randomUUID(),
  color: null,
  archived: false,
  created_at: new Date().toISOString(),
  client_name: db.clients.find((c) => c.id === b.client_id)?.name ?? null,
  ...b,
}));
const inRange = (q) => (e) =>
  (!q.get("to") || e.start < q.get("to")) && (!q.get("from") || e.end > q.get("from"));
const I = "/integrations";

const routes = [
  [
    "GET",
    "/auth/session",
    (_, __, req) => {
      if (!setUp) throw new Problem(401, "setup_required", "This server has no user yet.");
      if (!/daybook=ok/.test(req.headers.cookie ?? ""))
        throw new Problem(401, "unauthenticated", "Sign in first.");
      return db.session;
    },
  ],
  [
    "POST",
    "/auth/login",
    (b, _, __, res) => {
      if (b.password !== "ledger-of-hours") throw new Problem(401, "invalid_credentials", "No.");
      res.setHeader("set-cookie", "daybook=ok; Path=/; HttpOnly; SameSite=Lax");
      return db.session;
    },
  ],
  [
    "POST",
    "/auth/setup",
    (_, __, ___, res) => {
      setUp = true;
      res.setHeader("set-cookie", "daybook=ok; Path=/; HttpOnly; SameSite=Lax");
      return db.session;
    },
  ],
  [
    "POST",
    "/auth/logout",
    (_, __, ___, res) => void res.setHeader("set-cookie", "daybook=; Path=/; Max-Age=0"),
  ],
  [
    "POST",
    "/auth/invitations/:id/accept",
    () => {
      throw new Problem(404, "not_found", "This invitation is used or has expired. Ask for a new one.");
    },
  ],
  ["PATCH", "/me", (b) => Object.assign(db.session.user, b)],
  ["PATCH", "/workspace", (b) => Object.assign(db.session.workspace, b)],
  ["GET", "/api-keys", (_, q) => page(db.apiKeys, q)],
  [
    "POST",
    "/api-keys",
    (b) => {
      const key = {
        id: randomUUID(),
        prefix: "dbk_Zk3v",
        member_id: "m1",
        member_name: "Ada Marsh",
        created_at: new Date().toISOString(),
        expires_at: null,
        last_used_at: null,
        ...b,
      };
      db.apiKeys.unshift(key);
      return { ...key, key: "dbk_Zk3vq0T5c1oB0m8sKp2Lr7Wn4Xe6Yd9Uf3Ig5Hj8a1b2c3d4e5f6" };
    },
  ],
  ["DELETE", "/api-keys/:id", (_, __, ___, ____, id) => drop(db.apiKeys, id)],
  ["GET", "/workspace/members", (_, q) => page(db.members, q)],
  ["PATCH", "/workspace/members/:id", (b, _, __, ___, id) => Object.assign(find(db.members, id), b)],
  ["DELETE", "/workspace/members/:id", (_, __, ___, ____, id) => drop(db.members, id)],
  ["GET", "/workspace/invitations", (_, q) => page(db.invitations, q)],
  [
    "POST",
    "/workspace/invitations",
    (b) => {
      const row = {
        id: randomUUID(),
        created_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + 6048e5).toISOString(),
        accepted_at: null,
        ...b,
      };
      db.invitations.push(row);
      return { ...row, url: `http://127.0.0.1:${port}/invitations/inv_9f2c` };
    },
  ],
  ["DELETE", "/workspace/invitations/:id", (_, __, ___, ____, id) => drop(db.invitations, id)],
  ["GET", `${I}/providers`, (_, q) => page(db.providers, q)],
  [
    "GET",
    `${I}/:id/authorize`,
    (_, q, __, ___, id) => ({
      authorization_url: `/mock/consent?provider=${id}&return_to=${encodeURIComponent(q.get("return_to"))}`,
      state: "s",
    }),
  ],
  [
    "POST",
    `${I}/caldav/connect`,
    (b) => {
      if (b.password === "wrong") throw new Problem(422, "credentials_refused", "The server answered 401.");
      return connect("caldav", b.username);
    },
  ],
  ["POST", `${I}/apple/connect`, (b) => connect("apple", b.username)],
  ["GET", `${I}/connections`, (_, q) => page(db.connections, q)],
  [
    "POST",
    `${I}/connections/:id/refresh`,
    (_, __, ___, ____, id) => ({
      connection: find(db.connections, id),
      calendars_count: 2,
      message: "Refreshed: 2 calendars.",
    }),
  ],
  [
    "POST",
    `${I}/connections/:id/test`,
    (_, __, ___, ____, id) =>
      find(db.connections, id).status === "connected"
        ? { ok: true, latency_ms: 84, error: null }
        : { ok: false, latency_ms: null, error: { kind: "auth", message: "The server answered 401." } },
  ],
  [
    "POST",
    `${I}/connections/:id/disconnect`,
    (_, __, ___, ____, id) => {
      const c = find(db.connections, id);
      c.status = "disconnected";
      for (const x of db.calendars) if (x.connection_id === id) x.sync_enabled = false;
      return {
        connection: c,
        revoked: true,
        message: "Disconnected; the access was taken back at the provider.",
      };
    },
  ],
  ["GET", `${I}/calendars`, (_, q) => page(db.calendars, q)],
  ["GET", `${I}/calendars/:id`, (_, __, ___, ____, id) => find(db.calendars, id)],
  ["PATCH", `${I}/calendars/:id`, (b, _, __, ___, id) => Object.assign(find(db.calendars, id), b)],
  ["DELETE", `${I}/calendars/:id`, (_, __, ___, ____, id) => drop(db.calendars, id)],
  [
    "PUT",
    `${I}/calendars/:id/enable`,
    (b, _, __, ___, id) => Object.assign(find(db.calendars, id), { sync_enabled: b.enabled }),
  ],
  [
    "POST",
    `${I}/calendars/:id/sync`,
    (_, q, __, ___, id) => syncNow(find(db.calendars, id), q.get("full") === "true"),
  ],
  [
    "GET",
    `${I}/events`,
    (_, q) => {
      const ids = q.getAll("calendar_id");
      return page(
        db.events.filter(inRange(q)).filter((e) => ids.length === 0 || ids.includes(e.calendar_id)),
        q,
      );
    },
  ],
  [
    "POST",
    `${I}/calendars/events/convert`,
    (b) => {
      const event = find(db.events, b.synced_event_id);
      if (event.all_day && !b.force)
        throw new Problem(422, "all_day", "All-day events are not logged unless you force it.");
      const entry = named({
        id: randomUUID(),
        member_id: "m1",
        source: "calendar",
        status: "pending",
        description: b.description ?? event.title,
        started_at: event.all_day ? `${event.start}T00:00:00Z` : event.start,
        ended_at: event.end,
        duration_minutes: event.all_day ? 480 : (Date.parse(event.end) - Date.parse(event.start)) / 6e4,
        client_id: b.client_id ?? null,
        project_id: b.project_id ?? null,
        billable: b.billable ?? true,
        synced_event_id: event.id,
        rejected_reason: null,
        tags: [],
        created_at: new Date().toISOString(),
        updated_at: new Date().toISOString(),
      });
      event.time_entry_id = entry.id;
      db.entries.unshift(entry);
      return entry;
    },
  ],
  ["GET", "/clients", clients.list],
  ["POST", "/clients", clients.create],
  ["PATCH", "/clients/:id", (b, _, __, ___, id) => Object.assign(find(db.clients, id), b)],
  ["DELETE", "/clients/:id", (_, __, ___, ____, id) => drop(db.clients, id)],
  ["GET", "/projects", projects.list],
  ["POST", "/projects", projects.create],
  ["PATCH", "/projects/:id", (b, _, __, ___, id) => Object.assign(find(db.projects, id), b)],
  ["DELETE", "/projects/:id", (_, __, ___, ____, id) => drop(db.projects, id)],
  [
    "GET",
    "/time-entries",
    (_, q) =>
      page(
        db.entries.filter(
          (e) =>
            ["status", "source", "client_id"].every((k) => !q.get(k) || e[k] === q.get(k)) &&
            (!q.get("from") || e.started_at >= q.get("from")) &&
            (!q.get("to") || e.started_at < q.get("to")),
        ),
        q,
      ),
  ],
  [
    "POST",
    "/time-entries",
    (b) => {
      const entry = named({
        id: randomUUID(),
        member_id: "m1",
        source: "manual",
        status: "draft",
        ended_at: null,
        synced_event_id: null,
        rejected_reason: null,
        tags: [],
        created_at: new Date().toISOString(),
        updated_at: new Date().toISOString(),
        ...b,
      });
      db.entries.unshift(entry);
      return entry;
    },
  ],
  ["GET", "/time-entries/:id", (_, __, ___, ____, id) => find(db.entries, id)],
  [
    "PATCH",
    "/time-entries/:id",
    (b, _, __, ___, id) => Object.assign(find(db.entries, id), named({ ...find(db.entries, id), ...b })),
  ],
  [
    "DELETE",
    "/time-entries/:id",
    (_, __, ___, ____, id) => {
      drop(db.entries, id);
      for (const e of db.events) if (e.time_entry_id === id) e.time_entry_id = null;
    },
  ],
  ...["submit", "approve", "reject"].map((step) => [
    "POST",
    `/time-entries/:id/${step}`,
    (b, _, __, ___, id) =>
      Object.assign(find(db.entries, id), {
        status: { submit: "pending", approve: "approved", reject: "rejected" }[step],
        rejected_reason: b.reason ?? null,
      }),
  ]),
  ["GET", `${I}/health`, () => db.health()],
  [
    "GET",
    `${I}/logs`,
    (_, q) =>
      page(
        db.logs.filter(
          (l) =>
            (!q.get("log_type") || l.log_type === q.get("log_type")) &&
            (!q.get("provider") || l.provider === q.get("provider")) &&
            (!q.get("success") || String(l.success) === q.get("success")) &&
            (!q.get("q") || l.title.toLowerCase().includes(q.get("q").toLowerCase())) &&
            (!q.get("from") || l.created_at >= q.get("from")),
        ),
        q,
      ),
  ],
].map(([method, path, run]) => ({
  method,
  run,
  re: new RegExp(`^/api/v1${path.replace(/:id/, "([^/]+)")}/?$`),
}));

const CONSENT = (q) => `<!doctype html><html lang="en"><title>Consent</title><h1>Allow Daybook?</h1>
<form><label><input type="radio" name="p" checked> Ada Marsh</label> <label><input type="checkbox" checked> See your calendars</label></form>
<button onclick="location='${q.get("return_to")}?connected=${q.get("provider")}&connection=${connect("google", "ada@northwind.example").connection.id}'">Allow</button>
<button onclick="location='${q.get("return_to")}?error=access_denied'">Deny</button>`;

function file(path, res) {
  const name = path === "/" ? "/index.html" : path;
  try {
    const body = readFileSync(join(dist, name));
    res.writeHead(200, {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-security-policy": CSP,
      "cache-control": name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    });
    res.end(body);
  } catch {
    if (extname(name)) return void res.writeHead(404).end();
    file("/", res);
  }
}

createServer(async (req, res) => {
  const url = new URL(req.url, `http://127.0.0.1:${port}`);
  if (url.pathname === "/mock/consent")
    return void res.writeHead(200, { "content-type": "text/html" }).end(CONSENT(url.searchParams));
  if (!url.pathname.startsWith("/api/")) return file(url.pathname, res);
  if (url.pathname === "/api/v1/stream") {
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    res.write(": hello\n\n");
    streams.add(res);
    return void req.on("close", () => streams.delete(res));
  }
  let raw = "";
  for await (const chunk of req) raw += chunk;
  const send = (status, body) =>
    res
      .writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" })
      .end(JSON.stringify(body));
  const route = routes.find((r) => r.method === req.method && r.re.test(url.pathname));
  try {
    if (!route) throw new Problem(404, "not_found", "There is no such route.");
    const out = route.run(
      raw ? JSON.parse(raw) : {},
      url.searchParams,
      req,
      res,
      route.re.exec(url.pathname)[1],
    );
    if (out === undefined) res.writeHead(204).end();
    else send(200, out);
  } catch (e) {
    send(e.status ?? 500, {
      type: "about:blank",
      title: e.message,
      status: e.status ?? 500,
      code: e.code ?? "internal",
      detail: e.message,
      errors: e.errors ?? [],
      request_id: "req_mock",
    });
  }
}).listen(port, "127.0.0.1", () => console.log(`mock on http://127.0.0.1:${port}`));
