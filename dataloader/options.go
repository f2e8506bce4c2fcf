package dataloader

// Option is a setting of New, NewMapped, NewPromised and NewKeyed. It has no type parameters, so none has to be spelled
// out.
type Option func(*config)

type config struct {
	name           string
	maxBatchSize   int // 0: no limit
	maxConcurrency int // 0: no limit
	noCache        bool
	noErrorCache   bool
	inline         bool
	cache          any // a Cache[K, V], or nil
}

// WithName names the loader in its errors: "users". Without it they name the type of its values.
func WithName(name string) Option {
	return func(c *config) { c.name = name }
}

// WithMaxBatchSize sets how many keys a batch may have. A round with more makes as many batches as it needs. 0, the
// default, means no limit.
func WithMaxBatchSize(n int) Option {
	return func(c *config) { c.maxBatchSize = n }
}

// WithMaxConcurrency sets how many batches of the loader may be in flight at a time. What belongs to a batch is decided when
// the tick ends all the same; batches over the limit wait for their turn, in order. 0, the default, means no limit.
func WithMaxConcurrency(n int) Option {
	return func(c *config) { c.maxConcurrency = n }
}

// WithoutBatching sends each key in a batch of its own, when the tick ends. (Python's batch=False.)
func WithoutBatching() Option { return WithMaxBatchSize(1) }

// WithoutCache has each Load send its key, so duplicates reach the batch function, and makes Prime and Clear do nothing.
// (Python's cache=False.)
func WithoutCache() Option {
	return func(c *config) { c.noCache = true }
}

// WithoutErrorCache does not keep the error of a key: the next Load of that key asks for it again. Errors of whole batches
// are never kept.
func WithoutErrorCache() Option {
	return func(c *config) { c.noErrorCache = true }
}

// WithCache has the loader keep its promises in cache, in place of a map of its own. K and V must be those of the loader.
// (Python's cache_map, which is ignored while it is empty.)
func WithCache[K, V any](cache Cache[K, V]) Option {
	if cache == nil {
		panic("dataloader: WithCache(nil): give it a cache, or use WithoutCache")
	}
	return func(c *config) { c.cache = cache }
}

// WithInline runs the batch function on the loop, in place of a goroutine of its own: for sources in memory, and for tests
// on one goroutine. Everything waits while it runs. If it calls runtime.Goexit, as t.FailNow does, its batch is rejected
// and the goroutine that called Run ends; the scheduler can be Run again.
func WithInline() Option {
	return func(c *config) { c.inline = true }
}
