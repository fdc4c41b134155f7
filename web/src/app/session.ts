import { useSuspenseQuery } from "@tanstack/react-query";
import { queries } from "../api/queries";

/** The signed-in person, known to be there on every page inside the shell. */
export function useSession() {
  return useSuspenseQuery(queries.session()).data;
}

/** The zone in which this person reads the clock: their own, else the workspace's. */
export function useTimeZone(): string {
  const session = useSession();
  return session.user.time_zone || session.workspace.time_zone || "UTC";
}

export function useIsAdmin(): boolean {
  return useSession().member.role !== "member";
}
