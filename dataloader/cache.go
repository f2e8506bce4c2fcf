package dataloader

import "github.com/batchtick/batchtick/promise"

// Cache is where a loader keeps the promises that it has given out, pending ones included. The default is a table in
// memory. One of your own may limit its size; what it forgets is loaded again. Its methods are called on the loop's
// goroutine only. If one panics, the load that called it is rejected, and no other.
//
// A Cache belongs to one loader. Promises can't outlive their scheduler, so it can't be used to share values between
// requests: for that, cache inside the batch function.
type Cache[K, V any] interface {
	Get(key K) (p *promise.Promise[V], ok bool)
	Set(key K, p *promise.Promise[V])
	Delete(key K)
	Clear()
}

// index is a Cache of the loader's own, which can make an empty one of its kind.
type index[K, V any] interface {
	Cache[K, V]
	empty() index[K, V]
}

// keyedCache is the default of NewKeyed: a table under another key.
type keyedCache[K any, C comparable, V any] struct {
	*table[C, V]
	key func(K) C
}

func (k keyedCache[K, C, V]) Get(key K) (*promise.Promise[V], bool) { return k.table.Get(k.key(key)) }
func (k keyedCache[K, C, V]) Set(key K, p *promise.Promise[V])      { k.table.Set(k.key(key), p) }
func (k keyedCache[K, C, V]) Delete(key K)                          { k.table.Delete(k.key(key)) }

func (k keyedCache[K, C, V]) empty() index[K, V] {
	fresh := &table[C, V]{}
	fresh.init()
	return keyedCache[K, C, V]{fresh, k.key}
}
