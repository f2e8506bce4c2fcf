package dataloader

import (
	"context"
	"slices"

	"github.com/batchtick/batchtick/promise"
)

// Get loads the value of key from a goroutine that is not the loop's, and blocks until it is there: promise.Call of Load. It
// may be called from any goroutine but the loop's, though Load may not. Somebody must drive the loop meanwhile, or Get
// returns scheduler.ErrNotDriven after ten seconds. In a func of a scheduler.Group, and in a resolver, ctx must be the one that
// was given there, or derived from it. For a KeyedLoader use promise.Call.
func Get[K comparable, V any](ctx context.Context, l *Loader[K, V], key K) (V, error) {
	load := func() *promise.Promise[V] { return l.Load(key) }
	if l.runsOtherCode() {
		return promise.CallOn(ctx, l.s, load)
	}
	return promise.CallBrief(ctx, l.s, load)
}

// GetMany is Get of several keys: the values are in their order, and the first error is returned.
func GetMany[K comparable, V any](ctx context.Context, l *Loader[K, V], keys []K) ([]V, error) {
	keys = slices.Clone(keys) // the caller may reuse its own, while the loop still reads them if ctx has ended
	load := func() *promise.Promise[[]V] { return l.LoadMany(keys) }
	if l.runsOtherCode() {
		return promise.CallOn(ctx, l.s, load)
	}
	return promise.CallBrief(ctx, l.s, load)
}

// runsOtherCode reports whether a Load may run what is not this library's: that is for the loop's own goroutine.
func (l *Loader[K, V]) runsOtherCode() bool { return l.config.cache != nil || l.own.risky }
