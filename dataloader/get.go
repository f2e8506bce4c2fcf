package dataloader

import (
	"context"

	"github.com/batchtick/batchtick/promise"
)

// Get loads the value of key from a goroutine that is not the loop's, and blocks until it is there: promise.Call of Load. It
// may be called from any goroutine but the loop's, though Load may not.
func Get[K comparable, V any](ctx context.Context, l *Loader[K, V], key K) (V, error) {
	load := func() *promise.Promise[V] { return l.Load(key) }
	if l.config.cache != nil { // a user's cache runs on the loop's own goroutine
		return promise.CallOn(ctx, l.s, load)
	}
	return promise.CallBrief(ctx, l.s, load)
}

// GetMany is Get of several keys: the values are in their order, and the first error is returned.
func GetMany[K comparable, V any](ctx context.Context, l *Loader[K, V], keys []K) ([]V, error) {
	load := func() *promise.Promise[[]V] { return l.LoadMany(keys) }
	if l.config.cache != nil {
		return promise.CallOn(ctx, l.s, load)
	}
	return promise.CallBrief(ctx, l.s, load)
}
