import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/queries";
import { projectSays, type Says } from "../lib/billable";

/** Whether a project's time is billed when nobody says otherwise. */
export const useProjectSays = (): Says => projectSays(useQuery(queries.projects()).data ?? []);
