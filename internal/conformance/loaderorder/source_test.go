package loaderorder_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
)

// source is what a loader loads from.
type source struct {
	w        *world
	loader   int
	versions map[int]int // how often a key was fetched: a value tells which batch it is from
}

// named is an error that both worlds know by the same name.
type named string

func (n named) Error() string { return string(n) }

// fetch is the inline batch function.
func (f *source) fetch(_ context.Context, keys []int) ([]int, error) {
	w, p, n := f.w, f.w.p, len(f.w.trace.Batches[f.loader])
	f.arrive(keys)
	for _, key := range unique(keys, w.cacheKey) {
		f.versions[w.cacheKey(key)]++
	}
	values := make([]int, len(keys))
	errs := make(dataloader.Errors, len(keys))
	for i, key := range keys {
		version := f.versions[w.cacheKey(key)]
		if slices.Contains(p.FailKeys, key%100%8) {
			errs[i] = named(fmt.Sprintf("k%d.%d", key, version))
		} else {
			values[i] = (f.loader*1000+key)*100 + version
		}
	}
	if !slices.Contains(p.FailBatches, n%8) {
		if len(errs.Unwrap()) == 0 {
			return values, nil
		}
		return values, errs
	}
	failure := named(fmt.Sprintf("b%d.%d", f.loader, n))
	switch p.FailAs {
	case "short":
		return values[1:], nil
	case "throw":
		panic(failure)
	default:
		return nil, failure
	}
}

func (f *source) arrive(keys []int) {
	w, i := f.w, f.loader
	w.log("batch %d %v", i, keys)
	w.trace.Batches[i] = append(w.trace.Batches[i], keys)
	clear(w.asked[i])
}

// promise is the batch function of a loader made by NewPromised.
func (f *source) promise(ctx context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
	w := f.w
	if w.p.Delegates && f.loader+1 < w.p.Loaders {
		f.arrive(keys)
		return promise.Map(w.loaders[f.loader+1].LoadSettled(keys), func(rs []promise.Result[int]) ([]promise.Result[int], error) {
			for i := range rs {
				if rs[i].Err == nil {
					rs[i].Value++
				}
			}
			return rs, nil
		})
	}
	values, err := f.fetch(ctx, keys)
	errs, several := err.(dataloader.Errors)
	if err != nil && !several {
		return promise.Reject[[]promise.Result[int]](w.s, err)
	}
	results := make([]promise.Result[int], len(values))
	for i, v := range values {
		results[i].Value = v
		if several {
			results[i].Err = errs[i]
		}
	}
	return promise.Resolve(w.s, results)
}

func show(v any) string {
	switch v := v.(type) {
	case []promise.Result[int]:
		var texts []string
		for _, r := range v {
			if r.Err != nil {
				texts = append(texts, reason(r.Err))
			} else {
				texts = append(texts, fmt.Sprint(r.Value))
			}
		}
		return "[" + strings.Join(texts, " ") + "]"
	default:
		return fmt.Sprint(v) // a number, or [1 2]
	}
}

func reason(err error) string {
	var name named
	var size *dataloader.BatchSizeError
	switch {
	case errors.As(err, &size):
		return "short"
	case errors.As(err, &name):
		return string(name)
	default:
		return "unexpected: " + err.Error()
	}
}
