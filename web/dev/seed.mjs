// Realistic, invented data for the mock: one account in each kind of trouble.
import { randomUUID } from "node:crypto";

const now = Date.now();
const ago = (min) => new Date(now - min * 6e4).toISOString();
const day = (n) => new Date(now + n * 864e5).toISOString().slice(0, 10);
const at = (n, time) => `${day(n)}T${time}:00Z`;

export function seed({ empty, base }) {
  const newConnection = (provider, account_email, more = {}) => ({
    id: randomUUID(),
    provider,
    kinds: ["calendar"],
    account_email,
    account_id: account_email,
    display_name: null,
    status: "connected",
    scopes: [],
    missing_scopes: [],
    token_expires_at: ago(-40),
    calendars_count: 2,
    last_sync_at: ago(3),
    last_error: null,
    created_at: ago(60 * 24 * 30),
    member_id: "m1",
    member_name: "Ada Marsh",
    api_host: null,
    can_manage: true,
    ...more,
  });
  const newCalendar = (c, name, more = {}) => ({
    id: randomUUID(),
    connection_id: c.id,
    name,
    provider: c.provider,
    active: true,
    is_active: true,
    sync_enabled: true,
    sync_interval_minutes: 60,
    sync_past_days: 7,
    sync_future_days: 30,
    last_sync_at: c.last_sync_at,
    next_sync_at: ago(-42),
    sync_errors: 0,
    connection_status: c.status,
    provider_details: {
      external_id: name,
      summary: name,
      primary: false,
      access_role: "owner",
      time_zone: "Europe/Madrid",
      background_color: null,
      connection_email: c.account_email,
    },
    color: "#3367d6",
    default_client_id: null,
    default_project_id: null,
    busy_source: true,
    write_target: true,
    last_error: null,
    last_result: {
      calendar_id: "",
      created: 3,
      updated: 1,
      deleted: 0,
      unchanged: 52,
      skipped_all_day: 2,
      full: false,
      pages: 1,
      provider_calls: 1,
      duration_ms: 212,
    },
    events_count: 86,
    token_expired: false,
    created_at: c.created_at,
    ...more,
  });
  const google = newConnection("google", "ada@northwind.example");
  const apple = newConnection("apple", "ada.marsh@icloud.example", {
    status: "needs_reauth",
    last_sync_at: ago(1500),
    last_error: { kind: "auth", message: "iCloud refused the app password", at: ago(1490) },
  });
  const radicale = newConnection("caldav", "ada", { last_sync_at: ago(47) });
  const zonal = newConnection("caldav", "studio@fastmail.example", { last_sync_at: ago(12) });
  const clients = [
    ["Peckham & Co", "accounts@peckham.example", 2],
    ["Halden Labs", "finance@halden.example", 1],
    ["Contoso", "ap@contoso.example", 1],
  ].map(([name, email, projects_count]) => ({
    id: randomUUID(),
    name,
    email,
    currency: "EUR",
    color: null,
    notes: null,
    archived: false,
    projects_count,
    created_at: ago(90000),
  }));
  const projects = [
    ["Brand refresh", 0, 12000],
    ["Website", 0, 11000],
    ["Sync engine", 1, 13500],
    ["Advisory", 2, 15000],
  ].map(([name, c, rate]) => ({
    id: randomUUID(),
    client_id: clients[c].id,
    client_name: clients[c].name,
    name,
    color: null,
    billable: true,
    hourly_rate_minor: rate,
    currency: "EUR",
    archived: false,
    created_at: ago(80000),
  }));
  const work = newCalendar(google, "Client work", {
    default_client_id: clients[0].id,
    default_project_id: projects[0].id,
  });
  work.provider_details.primary = true;
  const team = newCalendar(google, "Team", {
    color: "#0b7d5c",
    provider_details: { ...work.provider_details, primary: false, access_role: "reader" },
  });
  const holidays = newCalendar(google, "Holidays in Spain", {
    color: "#8a5a00",
    sync_enabled: false,
    busy_source: false,
    events_count: 0,
    last_sync_at: null,
    next_sync_at: null,
    last_result: null,
  });
  const personal = newCalendar(radicale, "Personal", {
    color: "#a63d8f",
    sync_errors: 3,
    last_error: { kind: "server", message: "calendar.home.example answered 503", at: ago(5) },
  });
  const studio = newCalendar(zonal, "Studio bookings", { color: "#c25700" });
  const home = newCalendar(apple, "Home", { color: "#6b6f76" });
  const calendars = [work, team, holidays, personal, studio, home];
  const ev = (calendar, title, n, from, to, more = {}) => ({
    id: randomUUID(),
    event_id: randomUUID(),
    calendar_id: calendar.id,
    provider_event_id: randomUUID(),
    title,
    description: null,
    location: null,
    start: at(n, from),
    end: at(n, to),
    time_zone: "Europe/Madrid",
    all_day: false,
    status: "confirmed",
    busy: true,
    response_status: "accepted",
    recurring: false,
    organizer: { email: "ada@northwind.example", name: "Ada Marsh" },
    attendees: [{ email: "lee@peckham.example", name: "Lee Peckham", response_status: "accepted" }],
    meeting_url: "https://meet.example/abc",
    html_url: "https://calendar.example/e/1",
    categories: [],
    private: false,
    time_entry_id: null,
    updated_at: ago(300),
    ...more,
  });
  const events = [];
  for (let n = -10; n <= 10; n++) {
    const weekday = new Date(`${day(n)}T00:00Z`).getUTCDay();
    if (weekday === 0 || weekday === 6) {
      if (Math.abs(n) > 1) continue;
    }
    events.push(ev(team, "Stand-up", n, "08:00", "08:30", { recurring: true }));
    if (n % 2 === 0)
      events.push(ev(work, "Design review", n, "09:30", "11:00", { location: "Calle Mayor 4" }));
    if (n % 3 === 0)
      events.push(
        ev(work, "Discovery workshop", n, "13:00", "14:30"),
        ev(studio, "Steering committee", n, "14:00", "15:00"),
      );
    if (n % 4 === 1)
      events.push(ev(personal, "Lunch with Mo", n, "12:30", "13:30", { response_status: "declined" }));
  }
  events.push({ ...ev(team, "Conference", 0, "00:00", "00:00"), all_day: true, start: day(0), end: day(2) });
  const entry = (description, n, from, minutes, status, more = {}) => ({
    id: randomUUID(),
    member_id: "m1",
    member_name: "Ada Marsh",
    source: "calendar",
    status,
    description,
    started_at: at(n, from),
    ended_at: at(n, "18:00"),
    duration_minutes: minutes,
    client_id: clients[0].id,
    client_name: clients[0].name,
    project_id: projects[0].id,
    project_name: projects[0].name,
    billable: true,
    synced_event_id: null,
    rejected_reason: null,
    tags: [],
    created_at: ago(600),
    updated_at: ago(600),
    ...more,
  });
  const entries = [
    entry("Design review", -4, "09:30", 90, "approved"),
    entry("Discovery workshop", -3, "13:00", 90, "pending"),
    entry("Pairing on the sync engine", -2, "10:00", 150, "draft", {
      source: "manual",
      client_id: clients[1].id,
      client_name: clients[1].name,
      project_id: projects[2].id,
      project_name: projects[2].name,
    }),
    entry("Contract review", -5, "15:00", 60, "rejected", {
      source: "manual",
      rejected_reason: "Please split travel from the meeting.",
      project_name: "Advisory",
      client_name: "Contoso",
    }),
    entry("Intro call", -6, "15:30", 45, "invoiced"),
  ];
  const past = events.filter((e) => e.title === "Design review" && e.start < new Date(now).toISOString());
  if (past[0]) past[0].time_entry_id = entries[0].id;
  if (past[1]) past[1].time_entry_id = entries[1].id;
  const line = (min, log_type, c, success, title, detail = {}) => ({
    id: randomUUID(),
    log_type,
    integration_type: "calendar",
    provider: c.provider,
    connection_id: c.id,
    calendar_id: null,
    success,
    title,
    detail,
    duration_ms: 180,
    created_at: ago(min),
  });
  const logs = [
    line(3, "calendar_sync", google, true, "Client work: 3 new, 1 changed", { created: 3, updated: 1 }),
    line(5, "calendar_sync", radicale, false, "Personal: calendar.home.example answered 503", {
      status: 503,
      attempt: 3,
      next_try: ago(-6),
    }),
    line(12, "calendar_sync", zonal, true, "Studio bookings: nothing had changed"),
    line(45, "token_refresh", google, true, "Access token renewed"),
    line(1490, "error", apple, false, "iCloud refused the app password"),
    line(1800, "oauth", google, true, "Google Calendar connected"),
  ];
  for (let i = 0; i < 70; i++)
    logs.push({
      ...line(2000 + i * 60, "calendar_sync", google, true, "Team: nothing had changed"),
      calendar_id: team.id,
    });
  const scope = "https://www.googleapis.com/auth/";
  const providers = [
    {
      key: "google",
      name: "Google Calendar",
      kinds: ["calendar"],
      auth: "oauth",
      summary: "Calendars of a Google account, kept in step within seconds.",
      available: true,
      configured: true,
      missing: [],
      scopes: [
        {
          scope: `${scope}calendar.readonly`,
          reason: "Read your calendars and their events, to show and log them.",
          required: true,
        },
        { scope: `${scope}userinfo.email`, reason: "Know which account this is.", required: true },
        {
          scope: `${scope}calendar.events`,
          reason: "Write the events you ask Daybook to make.",
          required: false,
        },
      ],
      setup_steps: [
        "Create an OAuth client of type Web application in the Google Cloud console.",
        "Register the redirect URI below.",
        "Add the client id and secret to Daybook's settings.",
      ],
      setup_guide: "https://docs.example/google",
      redirect_uri: `${base}/api/v1/integrations/google/callback`,
      server_url: null,
      password_hint: null,
    },
    {
      key: "caldav",
      name: "CalDAV",
      kinds: ["calendar"],
      auth: "password",
      summary: "Nextcloud, Fastmail, Radicale and any other CalDAV server.",
      available: true,
      configured: true,
      missing: [],
      scopes: [],
      setup_steps: [],
      setup_guide: null,
      redirect_uri: null,
      server_url: null,
      password_hint: "Use an app password if the server offers them.",
    },
    {
      key: "apple",
      name: "iCloud",
      kinds: ["calendar"],
      auth: "password",
      summary: "Calendars of an Apple account, with an app-specific password.",
      available: true,
      configured: true,
      missing: [],
      scopes: [],
      setup_steps: [
        "Sign in at account.apple.com.",
        "Under Sign-In and Security, choose App-Specific Passwords.",
        "Make one for Daybook and paste it here.",
      ],
      setup_guide: null,
      redirect_uri: null,
      server_url: "https://caldav.icloud.com",
      password_hint: "An app-specific password, like abcd-efgh-ijkl-mnop.",
    },
  ];
  providers.push({
    key: "zoom",
    name: "Zoom",
    kinds: ["video"],
    auth: "oauth",
    summary: "Makes Zoom meetings for bookings and events.",
    available: false,
    configured: false,
    missing: ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"],
    scopes: [],
    setup_steps: [],
    setup_guide: null,
    redirect_uri: `${base}/api/v1/integrations/zoom/callback`,
    server_url: null,
    password_hint: null,
  });
  if (process.env.UNCONFIGURED)
    Object.assign(providers[0], { configured: false, missing: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"] });
  const workspace = {
    id: "w1",
    name: "Northwind Studio",
    slug: "northwind",
    time_zone: "Europe/Madrid",
    currency: "EUR",
  };
  const db = {
    session: {
      user: {
        id: "u1",
        email: "ada@northwind.example",
        name: "Ada Marsh",
        time_zone: "Europe/Madrid",
        locale: "en",
      },
      member: { id: "m1", role: "owner" },
      workspace,
      workspaces: [{ ...workspace, role: "owner" }],
      auth: "session",
      scopes: ["read", "write", "admin"],
      expires_at: ago(-9999),
    },
    newConnection,
    newCalendar,
    providers,
    clients,
    projects,
    events,
    entries,
    logs,
    calendars,
    connections: [google, apple, radicale, zonal],
    apiKeys: [
      {
        id: randomUUID(),
        name: "Invoice script",
        prefix: "dbk_9QxT",
        scopes: ["read"],
        member_id: "m1",
        member_name: "Ada Marsh",
        created_at: ago(9000),
        expires_at: ago(-60 * 24 * 80),
        last_used_at: ago(55),
      },
      {
        id: randomUUID(),
        name: "Backup",
        prefix: "dbk_f0Lm",
        scopes: ["read", "write"],
        member_id: "m1",
        member_name: "Ada Marsh",
        created_at: ago(90000),
        expires_at: null,
        last_used_at: null,
      },
    ],
    members: [
      {
        id: "m1",
        user_id: "u1",
        email: "ada@northwind.example",
        name: "Ada Marsh",
        role: "owner",
        created_at: ago(90000),
      },
      {
        id: "m2",
        user_id: "u2",
        email: "ben@northwind.example",
        name: "Ben Ortiz",
        role: "admin",
        created_at: ago(50000),
      },
      {
        id: "m3",
        user_id: "u3",
        email: "chi@northwind.example",
        name: "Chi Okafor",
        role: "member",
        created_at: ago(20000),
      },
    ],
    invitations: [
      {
        id: randomUUID(),
        email: "dana@northwind.example",
        role: "member",
        created_at: ago(500),
        expires_at: ago(-60 * 24 * 6),
        accepted_at: null,
      },
    ],
    health: () => ({
      status: "degraded",
      integrations: db.connections.map((c) => ({
        id: c.id,
        kind: "calendar",
        provider: c.provider,
        account: c.account_email,
        status: c === radicale ? "degraded" : "healthy",
        last_sync_at: c.last_sync_at,
        error_count: 0,
        last_error: null,
        token_expires_at: null,
        latency_ms_p50: 90,
        latency_ms_p95: 240,
        success_rate_24h: c === radicale ? 0.86 : 0.997,
        circuit: c === radicale ? "open" : "closed",
      })),
    }),
  };
  if (empty)
    for (const key of [
      "clients",
      "projects",
      "events",
      "entries",
      "logs",
      "calendars",
      "connections",
      "apiKeys",
      "invitations",
    ])
      db[key].length = 0;
  return db;
}
