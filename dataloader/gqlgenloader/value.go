package gqlgenloader

import (
	"reflect"
	"unsafe"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// begin makes the node of v, a value of type t that is about to be written out with selection. It has ended already if no
// resolver beneath it is going to be called before it is complete. null is whether gqlgen will make null of it.
func (r *request) begin(
	v reflect.Value, t *ast.Type, selection ast.SelectionSet, up parent,
) (n node, ended, null bool) {
	v, null = indirect(v)
	if null {
		return nil, true, true
	}
	if t.Elem != nil {
		if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
			return nil, true, false
		}
		return r.beginList(v, t, selection, up)
	}
	if !r.ext.schema.isComposite(t.NamedType) {
		return nil, true, false
	}
	o := &object{up: up, selection: selection, declared: t.NamedType, of: r.ext.schema.goType(v.Type())}
	name := r.ext.schema.nameOf(o.of, t.NamedType)
	if name == "" { // the first field that is called is going to tell, if there is one
		few, most := r.fewest(selection, t.NamedType)
		_, marshals := v.Interface().(graphql.Marshaler)
		if most == 0 || few == 0 && marshals {
			return nil, true, false
		}
		return o, false, false
	}
	o.become(r, name)
	if o.eager == 0 {
		o.finish(r) // what is deferred still asks for the node
		return o, true, false
	}
	return o, false, false
}

func (r *request) beginList(v reflect.Value, t *ast.Type, selection ast.SelectionSet, up parent) (node, bool, bool) {
	l := &list{up: up, elems: make([]node, v.Len()), limit: v.Len(), nonNull: t.Elem.NonNull}
	if limit := r.ext.WorkerLimit; limit > 0 && limit < l.limit {
		l.limit = limit
	}
	l.element = func(i int, up parent) (node, bool, bool) { return r.begin(v.Index(i), t.Elem, selection, up) }
	l.begin(r)
	return l, l.active == 0, l.null
}

// indirect follows pointers and interfaces. null is whether it came to a nil.
func indirect(v reflect.Value) (_ reflect.Value, null bool) {
	for {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				return v, true
			}
			v = v.Elem()
		case reflect.Map:
			return v, v.IsNil()
		case reflect.Invalid:
			return v, true
		default:
			return v, false
		}
	}
}

// shape is the fields that are selected of a type.
type shape struct {
	name   string
	root   bool
	fields []graphql.CollectedField // without __typename, and what else calls no resolver
}

type shapeKey struct {
	selection unsafe.Pointer
	size      int
	name      string
}

// shapeOf collects the fields as gqlgen's generated code does, so that the cache of gqlgen serves both.
func (r *request) shapeOf(selection ast.SelectionSet, name string) *shape {
	key := shapeKey{unsafe.Pointer(unsafe.SliceData(selection)), len(selection), name}
	if s := r.shapes[key]; s != nil {
		return s
	}
	s := &shape{name: name, root: r.ext.schema.isRoot(name)}
	r.shapes[key] = s
	for _, f := range graphql.CollectFields(r.op, selection, r.ext.schema.satisfies(name)) {
		if f.Name == "__typename" {
			continue
		}
		if t := f.Definition.Type; t.Elem == nil && r.ext.schema.isRoot(t.NamedType) &&
			len(r.shapeOf(f.Selections, t.NamedType).fields) == 0 {
			continue
		}
		s.fields = append(s.fields, f)
	}
	return s
}

// fewest returns how many fields at least, and at most, are selected of what may stand for the abstract type name.
func (r *request) fewest(selection ast.SelectionSet, name string) (few, most int) {
	for i, def := range r.ext.schema.ast.GetPossibleTypes(r.ext.schema.ast.Types[name]) {
		n := len(r.shapeOf(selection, def.Name).fields)
		if i == 0 || n < few {
			few = n
		}
		most = max(most, n)
	}
	return few, most
}
