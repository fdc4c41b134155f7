import type { ApiError } from "../api/client";

/** Puts a validation problem's messages beside their fields; true when every one found its field. */
export function showFieldErrors(
  form: { setFieldError: (path: string, message: string) => void; values: object },
  error: ApiError,
): boolean {
  if (error.errors.length === 0) return false;
  let all = true;
  for (const { pointer, detail } of error.errors) {
    const field = pointer.replace(/^\//, "").split("/")[0] ?? "";
    if (field in form.values) form.setFieldError(field, detail);
    else all = false;
  }
  return all;
}
