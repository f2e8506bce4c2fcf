package oteltrace

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// observer traces one scheduler.
type observer struct {
	*Tracer
	loaders []counted       // the loop's
	ctx     context.Context // of the Run or Await that is on, or was; the loop's

	mu    sync.Mutex             // batches start on goroutines of their own
	asked map[any]map[any][]note // the spans of Loads whose batch has not started: by loader, then by key
	spans map[*dataloader.BatchInfo]*batchSpan
}

// note is a Load that had a span.
type note struct {
	span   trace.SpanContext
	rounds uint64 // only a batch of a later round has its key
}

// counted is a loader and what of its loads is in the metrics.
type counted struct {
	*dataloader.LoaderInfo
	before dataloader.Stats
}

func (o *observer) LoaderMade(l *dataloader.LoaderInfo) {
	o.loaders = append(o.loaders, counted{LoaderInfo: l})
}

func (o *observer) Entered(_ *scheduler.Scheduler, by scheduler.Entry, ctx context.Context) {
	if by == scheduler.ByRun || by == scheduler.ByUntil { // the others' ctx is no request's
		o.ctx = ctx
	}
}

// Left counts the loads, which the loaders have counted anyway: a Load pays nothing for it.
func (o *observer) Left(_ *scheduler.Scheduler, by scheduler.Entry, _ error) {
	if by == scheduler.ByNested {
		return
	}
	for i := range o.loaders {
		l := &o.loaders[i]
		now := l.Loader.Stats()
		o.count(l.LoaderInfo, "hit", now.Hits-l.before.Hits)
		o.count(l.LoaderInfo, "miss", now.Misses-l.before.Misses)
		l.before = now
	}
}

func (o *observer) count(l *dataloader.LoaderInfo, result string, n uint64) {
	if n > 0 {
		o.loads.Add(o.ctx, int64(n), metric.WithAttributes(name(l), attribute.String("dataloader.load.result", result)))
	}
}
