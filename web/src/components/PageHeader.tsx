import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function PageHeader({
  title,
  sub,
  children,
}: {
  title: ReactNode;
  sub?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Group justify="space-between" align="flex-end" gap="sm" component="header">
      <div className="pagetitle">
        <Title order={1} size="h3">
          {title}
        </Title>
        {sub && (
          <Text c="dimmed" size="sm" component="div">
            {sub}
          </Text>
        )}
      </div>
      {children}
    </Group>
  );
}
