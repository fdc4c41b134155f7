import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ApiError } from "../api/client";

interface Options<In, Out> {
  /** Said aloud when it worked; a function may build the sentence from the answer. */
  done?: string | ((out: Out, input: In) => string | undefined);
  invalidate?: string[];
  /** Writes of one scope run one after the other. */
  scope?: string;
  onDone?: (out: Out, input: In) => void;
  /** Return true when the caller shows the error itself (a form beside its fields). */
  onFail?: (error: ApiError, input: In) => boolean | undefined;
}

/** Runs a write and tells people how it went: a toast (announced), fresh lists, and never a silent failure. */
export function useAction<In, Out>(run: (input: In) => Promise<Out>, options: Options<In, Out> = {}) {
  const client = useQueryClient();
  const t = useTranslations("common");
  return useMutation<Out, ApiError, In>({
    mutationFn: run,
    scope: options.scope ? { id: options.scope } : undefined,
    onSuccess: (out, input) => {
      for (const key of options.invalidate ?? []) void client.invalidateQueries({ queryKey: [key] });
      const message = typeof options.done === "function" ? options.done(out, input) : options.done;
      if (message) notifications.show({ message });
      options.onDone?.(out, input);
    },
    onError: (error, input) => {
      if (options.onFail?.(error, input)) return;
      const message = error instanceof ApiError ? error.message : t("unexpected");
      notifications.show({ title: t("failed"), message, color: "red", autoClose: 10_000 });
    },
  });
}
