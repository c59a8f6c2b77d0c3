import { theme } from 'antd';
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, CanvasRenderer]);

export interface ChartProps {
  kind: 'bar' | 'line' | 'pie';
  points: { name: string; value: number }[];
  label: string;
}

type Token = ReturnType<typeof theme.useToken>['token'];

function optionOf({ kind, points }: ChartProps, token: Token): EChartsCoreOption {
  const text = { color: token.colorTextSecondary, fontFamily: token.fontFamily };
  const colours = [token.gold, token.cyan, token.magenta, token.green, token.purple, token.orange, token.blue];
  const names = points.map(({ name }) => name);
  const shared = {
    color: [token.colorPrimary, ...colours],
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
    },
  };
  if (kind === 'pie') {
    const label = { color: token.colorText, overflow: 'truncate', width: 140 };
    const border = { borderColor: token.colorBgContainer, borderWidth: 2 };
    return { ...shared, series: [{ type: 'pie', radius: ['38%', '68%'], data: points, label, itemStyle: border }] };
  }
  return {
    ...shared,
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: names,
      axisLabel: { ...text, hideOverlap: true, overflow: 'truncate', width: 96 },
      axisLine: { lineStyle: { color: token.colorBorder } },
    },
    yAxis: {
      type: 'value',
      axisLabel: text,
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
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current);
    chart.setOption(optionOf({ kind, points, label }, token));
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [kind, points, label, token]);
  return <div ref={place} className="wp-chart" role="img" aria-label={label} />;
}
