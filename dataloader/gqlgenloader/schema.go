package gqlgenloader

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// schema is what is known of the server for as long as it serves. It may be used from any goroutine.
type schema struct {
	ast       *ast.Schema
	resolvers map[member]reflect.Type // the methods of the generated resolver interfaces
	takes     map[string]reflect.Type // folded name of an object to the Go type that its resolvers take
	goTypes   sync.Map                // reflect.Type to *goType
}

// member is a field of an object. Its name is folded, since a Go name is not written as a GraphQL name is.
type member struct{ object, field string }

// goType is a Go type that stands for an object.
type goType struct {
	of      reflect.Type
	names   sync.Map // name of an interface or union to that of the object it is there, once it was seen
	methods sync.Map // field name to bool: whether a method with a ctx computes it
}

func newSchema(es graphql.ExecutableSchema) *schema {
	s := &schema{ast: es.Schema(), resolvers: map[member]reflect.Type{}, takes: map[string]reflect.Type{}}
	s.readResolvers(reflect.ValueOf(es), maxWraps)
	for m, resolver := range s.resolvers {
		if resolver.NumIn() < 2 {
			continue
		}
		t := resolver.In(1)
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		s.takes[m.object] = t
	}
	return s
}

var executableSchema = reflect.TypeFor[graphql.ExecutableSchema]()

// maxWraps is how many structs are looked into for what gqlgen has generated; one that holds itself must not go on for ever.
const maxWraps = 8

// readResolvers reads the methods of the generated interfaces ResolverRoot, UserResolver, … Where es is not the generated type
// but a struct that holds it, as one does that changes the schema, it looks there.
func (s *schema) readResolvers(es reflect.Value, wraps int) {
	for es.Kind() == reflect.Pointer || es.Kind() == reflect.Interface {
		es = es.Elem()
	}
	if es.Kind() != reflect.Struct || wraps == 0 {
		return
	}
	root, ok := es.Type().FieldByName("Resolvers")
	if !ok || root.Type.Kind() != reflect.Interface {
		for _, field := range es.Fields() {
			if field.Kind() == reflect.Interface {
				field = field.Elem()
			}
			if field.IsValid() && field.Type().Implements(executableSchema) {
				s.readResolvers(field, wraps-1)
			}
		}
		return
	}
	for i := range root.Type.NumMethod() {
		object := root.Type.Method(i)
		if object.Type.NumOut() != 1 || object.Type.Out(0).Kind() != reflect.Interface {
			continue
		}
		for j := range object.Type.Out(0).NumMethod() {
			m := object.Type.Out(0).Method(j)
			s.resolvers[member{fold(object.Name), fold(m.Name)}] = m.Type
		}
	}
}

// fold makes the same of bestFriend, BestFriend and best_friend.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

func (s *schema) resolver(object, field string) reflect.Type {
	return s.resolvers[member{fold(object), fold(field)}]
}

func (s *schema) root(op ast.Operation) *ast.Type {
	def := map[ast.Operation]*ast.Definition{
		ast.Query: s.ast.Query, ast.Mutation: s.ast.Mutation, ast.Subscription: s.ast.Subscription,
	}[op]
	return ast.NamedType(def.Name, nil)
}

func (s *schema) isRoot(name string) bool {
	for _, def := range []*ast.Definition{s.ast.Query, s.ast.Mutation, s.ast.Subscription} {
		if def != nil && def.Name == name {
			return true
		}
	}
	return false
}

// isComposite reports whether values of the type have fields. Those of introspection are left out: they load nothing.
func (s *schema) isComposite(name string) bool {
	def := s.ast.Types[name]
	return def != nil && def.IsCompositeType() && !strings.HasPrefix(name, "__")
}

// satisfies lists what a fragment may name to apply to the object, in the order in which the generated code does.
func (s *schema) satisfies(name string) []string {
	names := []string{name}
	for _, def := range s.ast.GetImplements(s.ast.Types[name]) {
		names = append(names, def.Name)
	}
	return names
}

func (s *schema) goType(t reflect.Type) *goType {
	if found, ok := s.goTypes.Load(t); ok {
		return found.(*goType)
	}
	found, _ := s.goTypes.LoadOrStore(t, &goType{of: t})
	return found.(*goType)
}

// nameOf returns the name of the object that a Go type stands for where declared is expected; "" if it is not known.
func (s *schema) nameOf(t *goType, declared string) string {
	def := s.ast.Types[declared]
	if def.Kind == ast.Object {
		return declared
	}
	if name, ok := t.names.Load(declared); ok {
		return name.(string)
	}
	alike := ""
	for _, possible := range s.ast.GetPossibleTypes(def) {
		switch takes := s.takes[fold(possible.Name)]; {
		case takes == t.of:
			return possible.Name
		case fold(possible.Name) == fold(t.of.Name()) && (takes == nil || takes.Kind() == reflect.Interface):
			alike = possible.Name
		}
	}
	return alike
}

// learn remembers that a Go type stands for the object where declared is expected. Elsewhere it may stand for another.
func (s *schema) learn(t *goType, declared, name string) {
	if t != nil {
		t.names.Store(declared, name)
	}
}

// concurrent reports whether gqlgen gives a goroutine to the field of fc, a field of an object of Go type t.
func (s *schema) concurrent(fc *graphql.FieldContext, t *goType) bool {
	switch {
	case s.ast.Mutation != nil && fc.Object == s.ast.Mutation.Name:
		return false
	case fc.IsResolver, fc.Field.Name == "_entities", fc.Field.Name == "_service":
		return true
	}
	return fc.IsMethod && t.hasMethod(goName(fc.Field.Definition))
}

// goName is the Go name that the schema gives to a field with @goField, or else the field's own. One that only gqlgen.yml
// knows of is not found.
func goName(def *ast.FieldDefinition) string {
	if d := def.Directives.ForName("goField"); d != nil {
		if name := d.Arguments.ForName("name"); name != nil {
			return name.Value.Raw
		}
	}
	return def.Name
}

// deferred counts the fields that are deferred: those of @defer that would have a goroutine without it.
func (s *schema) deferred(of *shape, t *goType) (n int) {
	if of.root {
		return 0
	}
	for _, f := range of.fields {
		name := goName(f.Definition)
		if f.IsDeferred() && (len(s.resolvers) == 0 || s.resolver(of.name, name) != nil || t.hasMethod(name)) {
			n++
		}
	}
	return n
}

var contextType = reflect.TypeFor[context.Context]()

// hasMethod reports whether a method that takes a ctx computes the field.
func (t *goType) hasMethod(field string) bool {
	if t == nil {
		return false
	}
	if known, ok := t.methods.Load(field); ok {
		return known.(bool)
	}
	has, pointer := false, reflect.PointerTo(t.of)
	for i := range pointer.NumMethod() {
		if m := pointer.Method(i); fold(m.Name) == fold(field) && m.Type.NumIn() > 1 && m.Type.In(1) == contextType {
			has = true
		}
	}
	t.methods.Store(field, has)
	return has
}
