import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { IntlProvider, useTranslations } from "use-intl";
import { useSpoken } from "../i18n";
import { browserZone } from "../lib/time";
import { queryClient } from "./queryClient";
import { router } from "./router";
import { cssVariables, themeFor } from "./theme";

function Themed({ children }: { children: ReactNode }) {
  const close = useTranslations("common")("close");
  const theme = useMemo(() => themeFor(close), [close]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}

/** Everything around the pages: language, theme, data, messages. */
export function Root() {
  const spoken = useSpoken();
  if (!spoken) return null;
  return (
    <IntlProvider locale={spoken.locale} messages={spoken.messages} timeZone={browserZone()}>
      <Themed>
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </Themed>
    </IntlProvider>
  );
}
