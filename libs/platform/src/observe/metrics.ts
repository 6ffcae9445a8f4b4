import type { Gauge } from 'prom-client';
import { collectDefaultMetrics, Counter, Gauge as PromGauge, Histogram, Registry } from 'prom-client';

/** Prometheus names: base units, `_total`, `_seconds`, `_bytes`. */
const NAME = /^precedent_[a-z][a-z0-9_]*$/;
/** A label value is a word of this software; anything else (a UID, a name, a path) would be patient data in a dashboard. */
const LABEL_VALUE = /^[A-Za-z/][A-Za-z0-9_:/.*-]{0,63}$|^\d{1,3}$/;
/** More values of one label than this are values of something that is not a label. */
const MAX_SERIES = 500;

export type Labels = Readonly<Record<string, string>>;

function safeLabels(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      LABEL_VALUE.test(value) && !/\d{6}/.test(value) ? value : 'other',
    ]),
  );
}

/** The process's metrics. One object a process, given where it is needed; nothing registers in a global registry. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly requests: Histogram;
  private readonly series = new Map<string, Set<string>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'precedent_http_request_seconds',
      help: 'Answered requests by method, declared route and status.',
      labelNames: ['method', 'route', 'status'],
      registers: [this.registry],
    });
  }

  /** Adds to a counter, which is made at its first use with the labels of that use. */
  count(name: string, labels: Labels = {}, by = 1): void {
    const counter = this.counters.get(name) ?? this.makeCounter(name, labels);
    counter.inc(this.bounded(name, labels), by);
  }

  /** Observes a duration in seconds. */
  observeSeconds(name: string, seconds: number, labels: Labels = {}): void {
    const histogram = this.histograms.get(name) ?? this.makeHistogram(name, labels);
    histogram.observe(this.bounded(name, labels), seconds);
  }

  /** A value that is asked for at each scrape, by label value (`{waiting: 3, active: 1}`). A fault of `read` leaves it out. */
  gauge(name: string, help: string, labelName: string, read: () => Promise<Readonly<Record<string, number>>>): void {
    checkName(name);
    const gauge: Gauge = new PromGauge({
      name,
      help,
      labelNames: [labelName],
      registers: [this.registry],
      collect: async () => {
        gauge.reset();
        const values = await read().catch(() => ({}));
        for (const [label, value] of Object.entries(values)) gauge.set(safeLabels({ [labelName]: label }), value);
      },
    });
    this.gauges.set(name, gauge);
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe(safeLabels({ method, route, status: String(status) }), seconds);
  }

  /** The exposition text and its media type. */
  async render(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private bounded(name: string, labels: Labels): Record<string, string> {
    const safe = safeLabels(labels);
    const seen = this.series.get(name) ?? new Set<string>();
    this.series.set(name, seen);
    const key = Object.values(safe).join('\u0000');
    if (!seen.has(key) && seen.size >= MAX_SERIES)
      return Object.fromEntries(Object.keys(safe).map((label) => [label, 'other']));
    seen.add(key);
    return safe;
  }

  private makeCounter(name: string, labels: Labels): Counter {
    checkName(name);
    const counter = new Counter({ name, help: name, labelNames: Object.keys(labels), registers: [this.registry] });
    this.counters.set(name, counter);
    return counter;
  }

  private makeHistogram(name: string, labels: Labels): Histogram {
    checkName(name);
    const histogram = new Histogram({ name, help: name, labelNames: Object.keys(labels), registers: [this.registry] });
    this.histograms.set(name, histogram);
    return histogram;
  }
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new TypeError(`not a metric name: ${name}`);
}
