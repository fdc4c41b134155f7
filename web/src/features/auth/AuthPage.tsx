import { Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** The frame of the pages outside the shell. */
export function AuthPage({ title, sub, children }: { title: string; sub?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Daybook`;
  }, [title]);
  return (
    <main className="authpage">
      <Text fw={680} size="lg" className="brand">
        Daybook
      </Text>
      <Title order={1} size="h3" mt="lg">
        {title}
      </Title>
      {sub && (
        <Text c="dimmed" size="sm">
          {sub}
        </Text>
      )}
      <div className="authcard">{children}</div>
    </main>
  );
}
