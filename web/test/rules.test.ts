import { describe, expect, it } from "vitest";
import type { Rule } from "../src/api/types";
import { domainOf, rulesOfClient, rulesOfProject } from "../src/features/rules/booking";

describe("rules of a client or a project", () => {
  const on = (client_id: string | null, project_id: string | null, exclude = false) =>
    ({ id: `${client_id}/${project_id}`, client_id, project_id, exclude }) as Rule;
  const rules = [on("acme", null), on(null, "site"), on("other", "app"), on("acme", "shop", true)];
  const ids = (found: Rule[]) => found.map((rule) => rule.id);
  it("are those that book on it, or on a project of the client", () => {
    const projects = [
      { id: "site", client_id: "acme" },
      { id: "app", client_id: "other" },
    ];
    expect(ids(rulesOfClient(rules, "acme", projects))).toEqual(["acme/null", "null/site"]);
    expect(ids(rulesOfProject(rules, "app"))).toEqual(["other/app"]);
    expect(rulesOfProject(rules, "shop")).toEqual([]);
  });
  it("begin with the domain of the client's address, unless anybody can have one there", () => {
    expect(["Ada@Acme.Example", "bo@gmail.com", "nobody", "", null].map(domainOf)).toEqual([
      "acme.example",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
