import { theme } from 'antd';
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { cut, labelsFor } from '@/components/chart-labels';
import { useTranslation } from '@/hooks/use-translation';
import { compact, exact } from '@/utils/format';

use([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, CanvasRenderer]);

export interface ChartProps {
  kind: 'bar' | 'line' | 'pie';
  points: { name: string; value: number }[];
  label: string;
}

type Token = ReturnType<typeof theme.useToken>['token'];

/** Less wide than this a pie has no room for names around it: they are below, as the style has it. */
const ROOM_FOR_NAMES = 480;

/** What the other axis and the edges take. */
const BESIDE = 80;

const coloursOf = (token: Token) => [
  token.colorPrimary,
  token.gold,
  token.cyan,
  token.magenta,
  token.green,
  token.purple,
  token.orange,
  token.blue,
];

function optionOf({ kind, points }: ChartProps, token: Token, language: string, room: number): EChartsCoreOption {
  const text = { color: token.colorTextSecondary, fontFamily: token.fontFamily };
  const colours = coloursOf(token);
  const names = points.map(({ name }) => name);
  const shared = {
    color: colours,
    textStyle: text,
    animation: token.motion,
    // Drawn, not written as HTML, whose style attributes the content security policy forbids.
    tooltip: {
      renderMode: 'richText',
      trigger: kind === 'pie' ? 'item' : 'axis',
      confine: true,
      backgroundColor: token.colorBgElevated,
      borderColor: token.colorBorder,
      textStyle: { color: token.colorText, fontFamily: token.fontFamily },
      valueFormatter: (value: number) => exact(value, language),
    },
  };
  if (kind === 'pie') {
    const named = room >= ROOM_FOR_NAMES;
    const label = { show: named, color: token.colorText, overflow: 'truncate', width: 140 };
    const border = { borderColor: token.colorBgContainer, borderWidth: 2 };
    const radius = named ? ['38%', '68%'] : ['50%', '90%'];
    const data = points.map((point, place) => ({ ...point, itemStyle: { color: colours[place % colours.length] } }));
    return { ...shared, series: [{ type: 'pie', radius, data, label, labelLine: { show: named }, itemStyle: border }] };
  }
  const { rotate, width, every } = labelsFor(names, room - BESIDE);
  // Nothing is cut at the edges.
  const ends = every ? {} : { alignMinLabel: 'left', alignMaxLabel: 'right' };
  return {
    ...shared,
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: names,
      axisLabel: {
        ...text,
        ...ends,
        rotate,
        interval: every ? 0 : 'auto',
        hideOverlap: !every,
        formatter: (name: string) => cut(name, width),
      },
      axisLine: { lineStyle: { color: token.colorBorder } },
    },
    yAxis: {
      type: 'value',
      axisLabel: { ...text, formatter: (value: number) => compact(value, language) },
      // What is counted has no halves.
      minInterval: points.every(({ value }) => Number.isInteger(value)) ? 1 : 0,
      splitLine: { lineStyle: { color: token.colorBorderSecondary } },
    },
    series: [
      {
        type: kind,
        data: points.map(({ value }) => value),
        barMaxWidth: 48,
        smooth: false,
        itemStyle: kind === 'bar' ? { borderRadius: [3, 3, 0, 0] } : {},
        areaStyle: kind === 'line' ? { opacity: 0.12 } : undefined,
      },
    ],
  };
}

/** A chart in the colours of the theme. It is heavy: load it when it is wanted. */
export default function Chart(props: ChartProps) {
  const { token } = theme.useToken();
  const place = useRef<HTMLDivElement>(null);
  const { kind, points, label } = props;
  const { language } = useTranslation().i18n;
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current);
    let drawn = 0;
    const draw = () => {
      chart.resize();
      const room = chart.getWidth();
      if (room === drawn) return;
      drawn = room;
      chart.setOption(optionOf({ kind, points, label }, token, language, room), true);
    };
    draw();
    const watcher = new ResizeObserver(draw);
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [kind, points, label, token, language]);
  return (
    <div className="wp-chart-box">
      <div ref={place} className="wp-chart" role="img" aria-label={label} />
      {kind === 'pie' && <Legend points={points} colours={coloursOf(token)} />}
    </div>
  );
}

/** The names of a pie below it, where there is no room around it. */
function Legend({ points, colours }: { points: ChartProps['points']; colours: string[] }) {
  const { i18n } = useTranslation();
  const sum = points.reduce((whole, { value }) => whole + value, 0);
  const share = (value: number) => (sum > 0 ? value / sum : 0).toLocaleString(i18n.language, { style: 'percent' });
  return (
    <ul className="wp-legend">
      {points.map(({ name, value }, place) => (
        <li key={name}>
          <span className="wp-dot" style={{ background: colours[place % colours.length] }} aria-hidden />
          <span className="wp-legend-name" title={name}>
            {name}
          </span>
          <span className="wp-number">{exact(value, i18n.language)}</span>
          <span className="wp-number wp-muted">{share(value)}</span>
        </li>
      ))}
    </ul>
  );
}
