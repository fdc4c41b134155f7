import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";

/** A session that ended while a page was open: sign in again, then come back to it. */
function signInAgain(error: unknown, key: readonly unknown[]) {
  if (!(error instanceof ApiError) || error.status !== 401 || key[0] === "session") return;
  const here = location.pathname + location.search;
  if (!location.pathname.startsWith("/sign-in")) {
    location.assign(`/sign-in?return_to=${encodeURIComponent(here)}`);
  }
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => signInAgain(error, query.queryKey) }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiError) || error.status >= 500 || error.status === 0),
    },
  },
});
