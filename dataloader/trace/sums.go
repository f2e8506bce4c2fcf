package trace

import (
	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// sums reads the counts of a scheduler and its loaders, and tells how they have grown since it was last asked. It belongs to
// the loop's goroutine. The loaders count anyway, so a batch costs nothing here.
type sums struct {
	scheduler *scheduler.Scheduler
	loaders   []counted
	before    scheduler.Stats
}

type counted struct {
	*dataloader.LoaderInfo
	before dataloader.Stats
}

func (c *sums) made(l *dataloader.LoaderInfo) {
	c.only(l.Loader.Scheduler())
	c.loaders = append(c.loaders, counted{LoaderInfo: l})
}

// only panics if s is not the scheduler that it was first called with.
func (c *sums) only(s *scheduler.Scheduler) {
	if c.scheduler == nil {
		c.scheduler = s
	}
	if c.scheduler != s {
		panic("trace: one observer was given to two schedulers; make one for each request")
	}
}

// grown calls add with what each loader has done since the last call.
func (c *sums) grown(add func(*dataloader.LoaderInfo, dataloader.Stats)) scheduler.Stats {
	for i := range c.loaders {
		l := &c.loaders[i]
		now := l.Loader.Stats()
		if now == l.before {
			continue
		}
		add(l.LoaderInfo, dataloader.Stats{
			Loads: now.Loads - l.before.Loads, Hits: now.Hits - l.before.Hits, Misses: now.Misses - l.before.Misses,
			Batches: now.Batches - l.before.Batches, Keys: now.Keys - l.before.Keys,
			FailedBatches: now.FailedBatches - l.before.FailedBatches, FailedKeys: now.FailedKeys - l.before.FailedKeys,
			LargestBatch: now.LargestBatch, Time: now.Time - l.before.Time,
		})
		l.before = now
	}
	now, before := c.scheduler.Stats(), c.before
	c.before = now
	return scheduler.Stats{
		Ticks: now.Ticks - before.Ticks, Rounds: now.Rounds - before.Rounds,
		Jobs: now.Jobs - before.Jobs, Operations: now.Operations - before.Operations,
	}
}
