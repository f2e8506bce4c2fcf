package dataloader

import (
	"context"
	"slices"

	"github.com/batchtick/batchtick/scheduler"
)

// NewMapped makes a loader whose batch function returns its values under their keys, in any order: what a query returns.
// The load of a key that is not in the map is rejected with an error that is ErrNotFound. Errors of single keys are an Errors
// beside the map. It may be called where New may, and panics as New does.
func NewMapped[K comparable, V any](
	s *scheduler.Scheduler, fetch func(ctx context.Context, keys []K) (map[K]V, error), opts ...Option,
) *Loader[K, V] {
	if fetch == nil {
		return New[K, V](s, nil, opts...) // which says so
	}
	var l *Loader[K, V]
	l = New(s, func(ctx context.Context, keys []K) ([]V, error) {
		found, err := fetch(ctx, slices.Clone(keys))
		errs, ok := perKey(err)
		if !ok || errs != nil && len(errs) != len(keys) {
			return nil, err
		}
		values := make([]V, len(keys))
		for i, key := range keys {
			value, ok := found[key]
			if ok || errs != nil && errs[i] != nil {
				values[i] = value
				continue
			}
			if errs == nil {
				errs = make(Errors, len(keys))
			}
			errs[i] = &NotFoundError{Loader: l.Name(), Key: key}
		}
		if errs == nil {
			return values, nil
		}
		return values, errs
	}, opts...)
	return l
}
