/** Real: prom-client, timers. Fake: the probes. */
import { describe, expect, it } from '@jest/globals';
import { CodedError } from '@precedent/kernel';
import { HealthRegistry, Metrics } from '@precedent/platform';

describe('HealthRegistry', () => {
  it('is up with no probes, and down as soon as one is', async () => {
    const health = new HealthRegistry();
    expect(await health.check('live')).toEqual({ status: 'up', checks: [] });
    health.register('ready', 'database', () => Promise.reject(new CodedError('DATABASE_UNREACHABLE', 'sentence')));
    health.register('ready', 'index', () => undefined);
    expect(await health.check('ready')).toEqual({
      status: 'down',
      checks: [
        { name: 'database', status: 'down', code: 'DATABASE_UNREACHABLE' },
        { name: 'index', status: 'up' },
      ],
    });
    expect((await health.check('live')).status).toBe('up');
  });

  it('does not hang on a probe that does, nor fall over one that throws at once', async () => {
    const health = new HealthRegistry(20);
    health.register('ready', 'hangs', () => new Promise(() => undefined));
    health.register('ready', 'throws', () => {
      throw new Error('DOE^JANE');
    });
    expect((await health.check('ready')).checks).toEqual([
      { name: 'hangs', status: 'down', code: 'PROBE_TIMED_OUT' },
      { name: 'throws', status: 'down', code: 'UNEXPECTED' },
    ]);
  });
});

describe('Metrics', () => {
  it('counts, observes and asks gauges at each scrape', async () => {
    const metrics = new Metrics();
    metrics.count('precedent_instances_total', { result: 'archived' }, 3);
    metrics.count('precedent_instances_total', { result: 'archived' });
    metrics.observeSeconds('precedent_stage_seconds', 0.2, { stage: 'embed' });
    let waiting = 1;
    metrics.gauge('precedent_queue_jobs', 'Jobs by state.', 'state', () => Promise.resolve({ waiting: waiting++ }));
    const [first, second] = [await metrics.render(), await metrics.render()];
    expect(first.body).toContain('precedent_instances_total{result="archived"} 4');
    expect(first.body).toContain('precedent_stage_seconds_count{stage="embed"} 1');
    expect(first.body).toContain('precedent_queue_jobs{state="waiting"} 1');
    expect(second.body).toContain('precedent_queue_jobs{state="waiting"} 2');
    expect(first.body).toContain('process_resident_memory_bytes');
  });

  it('keeps identifiers out of labels and the number of series bounded', async () => {
    const metrics = new Metrics();
    metrics.count('precedent_x_total', { study: '1.2.840.10008.1.2' });
    metrics.count('precedent_x_total', { study: 'DOE^JANE' });
    for (let index = 0; index < 800; index += 1) metrics.count('precedent_y_total', { part: `part-${index}` });
    const { body } = await metrics.render();
    expect(body).not.toMatch(/1\.2\.840|DOE/);
    expect(body).toContain('precedent_x_total{study="other"} 2');
    expect(body.match(/^precedent_y_total/gm)).toHaveLength(501);
  });

  it('goes on when a gauge cannot be read', async () => {
    const metrics = new Metrics();
    metrics.gauge('precedent_gone', 'x', 'state', () => Promise.reject(new Error('database away')));
    expect((await metrics.render()).body).toContain('precedent_gone');
  });
});
