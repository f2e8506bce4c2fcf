package scheduler

// list is a doubly linked list whose links lie in its members: an operation or a coroutine leaves it from the middle, in
// constant time, without an allocation.
type list[T any, P member[T]] struct {
	first, last P
	count       int
}

type member[T any] interface {
	*T
	links() *links[T]
}

type links[T any] struct{ prev, next *T }

func (l *list[T, P]) add(m P) {
	m.links().prev = l.last
	if l.last != nil {
		l.last.links().next = m
	} else {
		l.first = m
	}
	l.last = m
	l.count++
}

func (l *list[T, P]) remove(m P) {
	at := m.links()
	if at.prev != nil {
		P(at.prev).links().next = at.next
	} else {
		l.first = at.next
	}
	if at.next != nil {
		P(at.next).links().prev = at.prev
	} else {
		l.last = at.prev
	}
	*at = links[T]{}
	l.count--
}
