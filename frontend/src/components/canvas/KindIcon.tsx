import ApartmentOutlined from '@ant-design/icons/ApartmentOutlined';
import ApiOutlined from '@ant-design/icons/ApiOutlined';
import BookOutlined from '@ant-design/icons/BookOutlined';
import ClockCircleOutlined from '@ant-design/icons/ClockCircleOutlined';
import CodeOutlined from '@ant-design/icons/CodeOutlined';
import DatabaseOutlined from '@ant-design/icons/DatabaseOutlined';
import FileSearchOutlined from '@ant-design/icons/FileSearchOutlined';
import FunctionOutlined from '@ant-design/icons/FunctionOutlined';
import GlobalOutlined from '@ant-design/icons/GlobalOutlined';
import ReadOutlined from '@ant-design/icons/ReadOutlined';
import SwapOutlined from '@ant-design/icons/SwapOutlined';
import type { ComponentType } from 'react';

/** By the word before the dot of an action's name. */
const ICONS: Record<string, ComponentType<{ 'aria-hidden': boolean; className: string }>> = {
  crawl: GlobalOutlined,
  dataset: DatabaseOutlined,
  html: FileSearchOutlined,
  http: ApiOutlined,
  json: FileSearchOutlined,
  page: FileSearchOutlined,
  qidian: BookOutlined,
  script: CodeOutlined,
  transform: SwapOutlined,
  wait: ClockCircleOutlined,
  workflow: ApartmentOutlined,
  xiaohongshu: ReadOutlined,
};

/** What kind of step it is, at a glance; the name of the action says it in words. */
export function KindIcon({ uses }: { uses: string }) {
  const Icon = ICONS[uses.split('.')[0] ?? ''] ?? FunctionOutlined;
  return <Icon aria-hidden className="wp-node-icon" />;
}
