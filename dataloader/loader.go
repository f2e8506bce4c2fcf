package dataloader

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// BatchFunc loads the values of keys: one value for each key, in the order of the keys. It runs in a goroutine of its own,
// unless the loader is WithInline, and must not touch what belongs to the loop, the loader itself included. ctx is Run's.
// keys are its own copy.
//
// Where only some keys failed, return the values together with an Errors. Any other error fails the whole batch. Where a
// row that is not there should be an error, or the source answers in an order of its own, NewMapped is simpler.
type BatchFunc[K, V any] func(ctx context.Context, keys []K) ([]V, error)

// Loader collects the keys of a tick, sends them in one batch when the tick ends, and remembers the promises. Make one for
// each request with New, NewMapped or NewPromised.
//
// It is not safe for use from other goroutines, by design: all its methods belong to the loop's goroutine.
type Loader[K comparable, V any] struct {
	KeyedLoader[K, V]

	// own is the cache, unless options say otherwise. If hashing a key can't panic either, it is the queue too.
	own table[K, V]
}

// KeyedLoader is a Loader whose keys need not be comparable. Make one with NewKeyed. All its methods belong to the loop's
// goroutine.
type KeyedLoader[K, V any] struct {
	s        *scheduler.Scheduler
	config   config
	fetch    BatchFunc[K, V]
	promised PromisedFunc[K, V] // in place of fetch

	cache Cache[K, V] // nil WithoutCache
	blank index[K, V] // the cache, if that is the default; makes an index for these keys

	// The queue, which is what has been asked for in this tick: first the end of table, if that is the queue too, and then
	// the rest.

	table  queue[K, V] // nil if the table is not the queue
	rest   []*entry[K, V]
	queued int
	hooked bool // the loader waits for the tick end
	direct bool // table has all that Load needs to look at: it goes without interface and recover, at half the cost

	// index finds the promise of a queued key when the cache can't be relied on for it: because that key has been cleared
	// since, or the cache is the user's and may forget. It is nil while the cache knows every queued key, which is nearly
	// always, and then costs nothing.
	index index[K, V]

	// quiet has the rejections that PrimeError made and no Load has asked for: nobody needs to react to those.
	quiet map[*promise.Promise[V]]error

	backlog  []*batch[K, V] // cut, and waiting for their turn
	inFlight int
	starting *batch[K, V] // its start is further up the stack
	stats    Stats
	observed *observed // nil without an observer
}

// queue is a table as the place of what has been asked for.
type queue[K, V any] interface {
	queued() []*entry[K, V]
	dispatched()
}

// New makes a loader on s whose values come from fetch. It may be called on the loop's goroutine, or before there is one. It
// panics if s or fetch is nil, and if an option does not fit. (Python's DataLoader(batch_load_fn).)
func New[K comparable, V any](s *scheduler.Scheduler, fetch BatchFunc[K, V], opts ...Option) *Loader[K, V] {
	l := newLoader[K, V](s, fetch == nil, opts)
	l.fetch = fetch
	return l
}

func newLoader[K comparable, V any](s *scheduler.Scheduler, noFetch bool, opts []Option) *Loader[K, V] {
	l := &Loader[K, V]{}
	l.own.init()
	l.init(s, noFetch, &l.own, opts)
	if l.cache == Cache[K, V](&l.own) && !l.own.risky {
		l.direct, l.table = true, &l.own
	}
	return l
}

// NewKeyed makes a loader for keys that are not comparable, or that are the same key when key says so: it maps each to what
// the cache and the batch go by. The batch function is given the key that was loaded first. key runs on the loop, possibly
// more than once a Load; if it panics, that load is rejected. NewKeyed panics as New does. (Python's get_cache_key.)
func NewKeyed[K any, C comparable, V any](
	s *scheduler.Scheduler, fetch BatchFunc[K, V], key func(K) C, opts ...Option,
) *KeyedLoader[K, V] {
	l := &KeyedLoader[K, V]{}
	l.init(s, fetch == nil, keyedCache[K, C, V]{key: key}.empty(), opts)
	l.fetch = fetch
	if key == nil {
		l.misuse("nil key function; give NewKeyed a func that maps a key to a comparable one, or use New")
	}
	return l
}

// init applies opts and panics, naming the loader, if something does not fit: the mistake is in the call of New, so that is
// where the program should stop.
func (l *KeyedLoader[K, V]) init(s *scheduler.Scheduler, noFetch bool, own index[K, V], opts []Option) {
	for _, opt := range opts {
		opt(&l.config)
	}
	c := &l.config
	l.s, l.blank = s, own
	cache, fits := c.cache.(Cache[K, V])
	switch {
	case s == nil:
		l.misuse("nil scheduler; make one with scheduler.New, and the loader anew with each")
	case noFetch:
		l.misuse("nil batch function; give it a func(ctx, keys) that loads all keys at once")
	case c.maxBatchSize < 0:
		l.misuse("WithMaxBatchSize(%d): the size can't be negative; 0 means no limit", c.maxBatchSize)
	case c.maxConcurrency < 0:
		l.misuse("WithMaxConcurrency(%d): the number can't be negative; 0 means no limit", c.maxConcurrency)
	case c.noCache && c.cache != nil:
		l.misuse("WithCache and WithoutCache exclude each other; drop one")
	case c.cache != nil && !fits:
		l.misuse("WithCache was given a %T, which is no dataloader.Cache[%v, %v]; make one for the loader's types",
			c.cache, reflect.TypeFor[K](), reflect.TypeFor[V]())
	}
	switch {
	case c.noCache:
	case c.cache == nil:
		l.cache = own
	default:
		l.cache, l.index = cache, own.empty()
	}
	l.observe()
}

func (l *KeyedLoader[K, V]) misuse(format string, args ...any) {
	panic("dataloader: " + l.Name() + ": " + fmt.Sprintf(format, args...))
}

// Scheduler returns the scheduler that the loader belongs to.
func (l *KeyedLoader[K, V]) Scheduler() *scheduler.Scheduler { return l.s }

// Name returns the name that WithName gave, or else one made of the type of the values.
func (l *KeyedLoader[K, V]) Name() string {
	if l.config.name != "" {
		return l.config.name
	}
	return "loader of " + reflect.TypeFor[V]().String()
}

// Load asks for the value of key and returns a promise for it. The batch goes out when the tick ends. A key that was loaded
// or primed before gives the very promise that is cached, and one that waits in the queue is not queued again. A Load after
// Run has ended is served by the next Run. (Python's load.)
func (l *Loader[K, V]) Load(key K) *promise.Promise[V] {
	if !l.direct {
		return l.KeyedLoader.Load(key)
	}
	e, place := l.own.find(key)
	if e != nil && e.p != nil {
		l.stats.Hits++
		return e.p
	}
	l.askForTickEnd()
	l.missed()
	return l.own.load(l.s, key, place).p
}

// Load is Loader.Load.
func (l *KeyedLoader[K, V]) Load(key K) (p *promise.Promise[V]) {
	if l.cache == nil {
		l.askForTickEnd()
		return l.push(l.entry(key))
	}
	defer func() {
		if r := recover(); r != nil { // the cache, the key function or the hash of an interface
			l.stats.Misses++
			p = promise.Reject[V](l.s, fmt.Errorf("dataloader: %s: load of key %v: %w", l.Name(), key, scheduler.NewPanicError(r)))
		}
	}()
	if p, ok := l.cache.Get(key); ok && p != nil {
		l.stats.Hits++
		if l.quiet != nil {
			return l.unquiet(key, p)
		}
		return p
	}
	if l.index != nil {
		if p, ok := l.index.Get(key); ok {
			l.cache.Set(key, p)
			l.stats.Hits++
			return p
		}
	}
	l.askForTickEnd() // this and Set come before the queue: if one panics, the cache has no promise that nobody will settle
	e := l.entry(key)
	l.cache.Set(key, e.p)
	if l.index != nil {
		l.index.Set(key, e.p)
	}
	return l.push(e)
}

func (l *KeyedLoader[K, V]) entry(key K) *entry[K, V] {
	e := &entry[K, V]{key: key}
	e.own.Init(l.s)
	e.p = e.own.Promise()
	return e
}

func (l *KeyedLoader[K, V]) askForTickEnd() {
	if !l.hooked {
		l.s.AtTickEndRun((*dispatch[K, V])(l))
		l.hooked = true
	}
}

func (l *KeyedLoader[K, V]) push(e *entry[K, V]) *promise.Promise[V] {
	l.missed()
	l.rest = append(l.rest, e)
	return e.p
}

// missed takes note of a key that goes into the queue.
func (l *KeyedLoader[K, V]) missed() {
	l.stats.Misses++
	if o := l.observed; o != nil {
		if from := l.s.Origin(); from != o.last || l.queued == 0 {
			o.asked(from, l.queued == 0)
		}
	}
	l.queued++
}

// queue returns what is in the queue.
func (l *KeyedLoader[K, V]) queue() []*entry[K, V] {
	if l.table == nil {
		return l.rest
	}
	entries := l.table.queued()
	if len(l.rest) > 0 {
		entries = append(entries, l.rest...)
	}
	return entries
}

// emptyQueue is for who has taken what queue returned.
func (l *KeyedLoader[K, V]) emptyQueue() {
	if l.table != nil {
		l.table.dispatched()
	}
	l.rest, l.queued = nil, 0
}

// LoadMany loads each of keys and promises the values in their order; the first error rejects it. (Python's load_many.)
func (l *Loader[K, V]) LoadMany(keys []K) *promise.Promise[[]V] {
	return promise.All(l.s, each(keys, l.Load)...)
}

// LoadMany is Loader.LoadMany.
func (l *KeyedLoader[K, V]) LoadMany(keys []K) *promise.Promise[[]V] {
	return promise.All(l.s, each(keys, l.Load)...)
}

// LoadSettled loads each of keys and promises their values or errors, in the order of keys.
func (l *Loader[K, V]) LoadSettled(keys []K) *promise.Promise[[]promise.Result[V]] {
	return promise.AllSettled(l.s, each(keys, l.Load)...)
}

// LoadSettled is Loader.LoadSettled.
func (l *KeyedLoader[K, V]) LoadSettled(keys []K) *promise.Promise[[]promise.Result[V]] {
	return promise.AllSettled(l.s, each(keys, l.Load)...)
}

// LoadMap loads each of keys and promises the values under their keys; the first error rejects it.
func (l *Loader[K, V]) LoadMap(keys []K) *promise.Promise[map[K]V] {
	keys = slices.Clone(keys) // the caller may reuse its own
	return promise.Map(l.LoadMany(keys), func(values []V) (map[K]V, error) {
		m := make(map[K]V, len(values))
		for i, v := range values {
			m[keys[i]] = v
		}
		return m, nil
	})
}

func each[K, V any](keys []K, load func(K) *promise.Promise[V]) []*promise.Promise[V] {
	ps := make([]*promise.Promise[V], len(keys))
	for i, key := range keys {
		ps[i] = load(key)
	}
	return ps
}
