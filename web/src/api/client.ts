// The only place that talks to the server: the client generated from api/openapi.json, and its errors in words.
import createClient, { type Middleware } from "openapi-fetch";
import { say } from "../i18n";
import type { paths } from "./schema";
import type { Problem } from "./types";

/** What the server, or the lack of one, answered. `message` is written for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: { pointer: string; detail: string }[] = [],
    readonly requestId?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) params.append(key, one);
    else if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  return params.toString();
}

async function problem(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as Problem | null;
  if (!body?.code) {
    return new ApiError(response.status, "unreadable", say("answered", { status: response.status }));
  }
  const requestId = body.request_id ?? undefined;
  return new ApiError(response.status, body.code, body.detail || body.title, body.errors ?? [], requestId);
}

const errorsInWords: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problem(response);
  },
  onError() {
    return new ApiError(0, "offline", say("offline"));
  },
};

export const http = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
  headers: { accept: "application/json" },
  querySerializer: (query) => queryString(query as Query),
});
http.use(errorsInWords);

/** The body of an answer; a refusal has been thrown before this. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** Where a download of the current filter lives (a plain link, so that the browser saves it). */
export const downloadUrl = (path: `/api/v1/${string}`, query: Query) => `${path}?${queryString(query)}`;
