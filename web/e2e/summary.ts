import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

// One plain line CI can count: "e2e: N passed, N failed, N skipped".
export default class Summary implements Reporter {
  private readonly outcomes = new Map<string, "passed" | "failed" | "skipped">();

  onTestEnd(test: TestCase, result: TestResult) {
    const outcome = result.status === "passed" || result.status === "skipped" ? result.status : "failed";
    this.outcomes.set(test.id, outcome);
  }

  onEnd() {
    const count = (outcome: string) => [...this.outcomes.values()].filter((o) => o === outcome).length;
    console.log(`\ne2e: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  }
}
