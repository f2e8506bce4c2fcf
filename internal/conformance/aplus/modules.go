package aplus

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dop251/goja"
)

//go:embed assert.js
var assertJS string

// modules is CommonJS's require, as much of it as the suite needs.
type modules struct {
	vm     *goja.Runtime
	loaded map[string]*goja.Object // module objects, by path or by name; exports is their property
}

func newModules(vm *goja.Runtime) *modules {
	return &modules{vm: vm, loaded: map[string]*goja.Object{}}
}

// load runs the file at path as a module, unless that has happened, and returns its exports.
func (m *modules) load(path string) (goja.Value, error) {
	if module, ok := m.loaded[path]; ok {
		return module.Get("exports"), nil
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return m.run(path, string(source))
}

// run runs source as the module at path.
func (m *modules) run(path, source string) (goja.Value, error) {
	exports, module := m.vm.NewObject(), m.vm.NewObject()
	must(module.Set("exports", exports))
	m.loaded[path] = module
	body, err := m.vm.RunScript(path, "(function (exports, require, module, global) {"+source+"\n})")
	if err != nil {
		return nil, err
	}
	call, _ := goja.AssertFunction(body)
	require := m.vm.ToValue(func(name string) goja.Value {
		value, err := m.require(filepath.Dir(path), name)
		if err != nil {
			panic(m.vm.NewGoError(err))
		}
		return value
	})
	if _, err := call(goja.Undefined(), exports, require, module, m.vm.GlobalObject()); err != nil {
		return nil, err
	}
	return module.Get("exports"), nil
}

func (m *modules) require(dir, name string) (goja.Value, error) {
	if strings.HasPrefix(name, ".") {
		return m.load(filepath.Join(dir, name+".js"))
	}
	if module, ok := m.loaded[name]; ok {
		return module.Get("exports"), nil
	}
	return nil, fmt.Errorf("aplus: require(%q): only assert, sinon and files of the suite can be required here", name)
}

// sinon runs the file at path as a browser would, and makes what it leaves in the global variable sinon the module of that
// name: as a module it would look for node.
func (m *modules) sinon(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	must(m.vm.Set("self", m.vm.GlobalObject()))
	for _, name := range []string{"setInterval", "clearInterval"} { // it looks them up, and the suite never calls them
		must(m.vm.Set(name, goja.Undefined()))
	}
	if _, err := m.vm.RunScript(path, string(source)); err != nil {
		return err
	}
	module := m.vm.NewObject()
	must(module.Set("exports", m.vm.Get("sinon")))
	m.loaded["sinon"] = module
	return nil
}
