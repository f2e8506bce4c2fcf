package oteltrace

import (
	"context"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Load is l.Load(key), and links the span in ctx to the batch that the key goes into: the next, or one that is under way
// if it has the key already. A key that is cached by then costs no batch, and makes no link. Without a span in ctx, or
// without a Tracer on the scheduler, Load does nothing more than l.Load. It belongs to the loop's goroutine.
func Load[K comparable, V any](ctx context.Context, l *dataloader.Loader[K, V], key K) *promise.Promise[V] {
	span := trace.SpanContextFromContext(ctx)
	o := find(l.Scheduler().Observers())
	if o == nil || !span.IsValid() {
		return l.Load(key)
	}
	misses := l.Stats().Misses
	p := l.Load(key)
	if p.State() != promise.Pending {
		return p
	}
	queued := l.Stats().Misses > misses
	o.mu.Lock()
	defer o.mu.Unlock()
	loader := any(&l.KeyedLoader)
	if !queued {
		for b, s := range o.spans {
			if b.Loader.Loader == loader && !s.ended && slices.Contains(b.Keys.([]K), key) {
				s.link(span)
				return p
			}
		}
	}
	n := note{span: span}
	if queued {
		n.rounds = l.Scheduler().Stats().Rounds
	}
	if o.asked[loader] == nil {
		o.asked[loader] = map[any][]note{}
	}
	o.asked[loader][key] = append(o.asked[loader][key], n)
	return p
}

// LoadMany is l.LoadMany(keys), and links the span in ctx as Load does.
func LoadMany[K comparable, V any](ctx context.Context, l *dataloader.Loader[K, V], keys []K) *promise.Promise[[]V] {
	ps := make([]*promise.Promise[V], len(keys))
	for i, key := range keys {
		ps[i] = Load(ctx, l, key)
	}
	return promise.All(l.Scheduler(), ps...)
}

func find(observers []scheduler.Observer) *observer {
	for _, o := range observers {
		if o, ok := o.(*observer); ok {
			return o
		}
	}
	return nil
}
