package loadertest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/batchtick/batchtick/dataloader"
)

// Stub is a source for tests: its Fetch is a batch function that answers from a map and notes the keys. All its methods may
// be called from any goroutine, and return at once.
type Stub[K comparable, V any] struct {
	mu     sync.Mutex
	values map[K]V
	errs   map[K]error
	err    error
	times  int // how often err is still to be returned; below 0: always
	delay  time.Duration
	gate   chan struct{} // closed when Fetch may go on; nil: there is none
	calls  [][]K
}

// NewStub makes a Stub that has a copy of values.
func NewStub[K comparable, V any](values map[K]V) *Stub[K, V] {
	return &Stub[K, V]{values: maps.Clone(values), errs: map[K]error{}}
}

// Fetch is a dataloader.BatchFunc. A key that the stub does not have fails alone, with an error that is
// dataloader.ErrNotFound.
func (s *Stub[K, V]) Fetch(ctx context.Context, keys []K) ([]V, error) {
	if err := s.wait(ctx, keys); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times != 0 {
		s.times--
		return nil, s.err
	}
	values, errs, failed := make([]V, len(keys)), make(dataloader.Errors, len(keys)), false
	for i, key := range keys {
		value, ok := s.values[key]
		switch err := s.errs[key]; {
		case err != nil:
			errs[i], failed = err, true
		case !ok:
			errs[i], failed = fmt.Errorf("loadertest: the stub has no value for key %v: %w", key, dataloader.ErrNotFound), true
		default:
			values[i] = value
		}
	}
	if failed {
		return values, errs
	}
	return values, nil
}

// wait notes the call, and then delays it.
func (s *Stub[K, V]) wait(ctx context.Context, keys []K) error {
	s.mu.Lock()
	s.calls = append(s.calls, slices.Clone(keys))
	delay, gate := s.delay, s.gate
	s.mu.Unlock()
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Calls returns the keys of each call of Fetch so far, in the order of the calls.
func (s *Stub[K, V]) Calls() [][]K {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Set gives key a value from now on, and takes its error away.
func (s *Stub[K, V]) Set(key K, value V) *Stub[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[K]V{}
	}
	s.values[key] = value
	delete(s.errs, key)
	return s
}

// Fail has every call from now on fail as a whole with err, and none if err is nil.
func (s *Stub[K, V]) Fail(err error) *Stub[K, V] {
	if err == nil {
		return s.FailTimes(0, nil)
	}
	return s.FailTimes(-1, err)
}

// FailTimes has the next n calls fail as a whole with err, and those after them work: for code that tries again.
func (s *Stub[K, V]) FailTimes(n int, err error) *Stub[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times, s.err = n, err
	return s
}

// FailKey has key alone fail with err from now on.
func (s *Stub[K, V]) FailKey(key K, err error) *Stub[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs[key] = err
	return s
}

// Delay has each call from now on take d, or until its ctx ends. Under testing/synctest that takes no real time.
func (s *Stub[K, V]) Delay(d time.Duration) *Stub[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
	return s
}

// Block has each call from now on wait until release is called, or until its ctx ends. release may be called more than once.
func (s *Stub[K, V]) Block() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gate := make(chan struct{})
	s.gate = gate
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		close(gate)
		if s.gate == gate {
			s.gate = nil
		}
	})
}
