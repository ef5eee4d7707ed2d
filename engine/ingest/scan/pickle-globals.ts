/** How far a name that a pickle imports is trusted. */
export type Trust = 'allowed' | 'suspicious' | 'dangerous';

/** Modules of which every name gives code, files, processes or the network to whoever calls it. Parts of them count too. */
const dangerousModules: ReadonlySet<string> = new Set(
  `os posix nt ntpath posixpath subprocess sys shutil socket ssl runpy pty pdb bdb code codeop ctypes _ctypes importlib imp pkgutil zipimport
   pickle _pickle cPickle dill cloudpickle marshal shelve commands popen2 asyncio multiprocessing _posixsubprocess signal resource
   webbrowser http httplib urllib urllib2 urllib3 requests httpx aiohttp ftplib smtplib telnetlib xmlrpc imaplib poplib nntplib socketserver
   timeit cProfile profile trace doctest pydoc pip ensurepip venv distutils setuptools test idlelib lib2to3 site inspect gc linecache
   _io io tempfile glob fileinput sqlite3 dbm uuid platform _osx_support _aix_support _pyrepl antigravity faulthandler atexit
   numpy.f2py numpy.testing numpy.distutils numpy.ctypeslib torch.hub torch.utils.cpp_extension torch.utils.bottleneck
   torch.utils.collect_env torch.utils.data.datapipes torch._inductor torch._dynamo torch.fx.experimental torch.distributed.rpc
   torch.utils._config_module torch.jit.unsupported_tensor_ops torch.package
   builtins.__import__ paramiko fabric invoke pexpect psutil pyautogui win32api winreg`.split(/\s+/),
);

/** Single names out of modules that hold harmless ones too. */
const dangerousNames: ReadonlySet<string> = new Set(
  `types.CodeType types.FunctionType types.MethodType types.ModuleType functools.partial functools.reduce functools.partialmethod
   operator.attrgetter operator.itemgetter operator.methodcaller operator.call
   _operator.attrgetter _operator.itemgetter _operator.methodcaller _operator.call
   logging.FileHandler logging.config logging.handlers itertools.starmap
   copyreg.__newobj__ copyreg.add_extension copy_reg.add_extension
   torch.load torch.serialization.load torch.jit.load torch.compile torch.ops torch.classes torch.os torch.sys
   torch.storage._load_from_bytes torch.multiprocessing.spawn
   numpy.load numpy.fromfile numpy.memmap numpy.loadtxt numpy.genfromtxt numpy.save numpy.savetxt numpy.lib.npyio.load
   joblib.load joblib.numpy_pickle.load pandas.read_pickle pandas.eval pandas.io.pickle.read_pickle
   tensorflow.io.read_file tensorflow.io.write_file keras.models.load_model tensorflow.keras.models.load_model
   yaml.load yaml.unsafe_load jsonpickle.decode sympy.sympify sympy.parsing.sympy_parser.parse_expr
   pathlib.Path.write_text pathlib.Path.unlink`.split(/\s+/),
);

/** The parts of Python's own built-ins that only make values. */
const harmlessBuiltins: ReadonlySet<string> = new Set(
  'set frozenset list dict tuple int float bool str bytes bytearray complex slice range object long unicode basestring xrange Ellipsis NotImplemented'.split(
    ' ',
  ),
);

/** Built-ins that can do harm only in the hands of something else. */
const plainBuiltins: ReadonlySet<string> = new Set(
  'print len abs min max sum sorted reversed enumerate zip type isinstance issubclass id hash repr format chr ord round pow property staticmethod classmethod super iter next all any'.split(
    ' ',
  ),
);

const storages =
  'Double Float Half Long Int Short Char Byte Bool BFloat16 ComplexDouble ComplexFloat QUInt8 QInt8 QInt32 QUInt4x2 QUInt2x4 Untyped Typed';
const dtypes =
  'float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 uint16 uint32 uint64 bool complex32 complex64 complex128 quint8 qint8 qint32 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz';
const scalars =
  'float64 float32 float16 int64 int32 int16 int8 uint8 uint16 uint32 uint64 bool_ bool str_ bytes_ void complex64 complex128 longdouble datetime64 timedelta64';

/** What weights and their containers are made of. */
const allowedNames: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'collections.deque',
  'collections.Counter',
  '_codecs.encode',
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  'datetime.datetime',
  'datetime.date',
  'datetime.timedelta',
  'datetime.timezone',
  'decimal.Decimal',
  'fractions.Fraction',
  'argparse.Namespace',
  'types.SimpleNamespace',
  ...storages.split(' ').flatMap(name => [`torch.${name}Storage`, `torch.storage.${name}Storage`]),
  ...dtypes.split(' ').map(name => `torch.${name}`),
  'torch.Size',
  'torch.device',
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.serialization._get_layout',
  'torch._tensor._rebuild_from_type_v2',
  ...[
    '_rebuild_tensor',
    '_rebuild_tensor_v2',
    '_rebuild_tensor_v3',
    '_rebuild_parameter',
    '_rebuild_parameter_with_state',
    '_rebuild_qtensor',
    '_rebuild_sparse_tensor',
    '_rebuild_sparse_csr_tensor',
    '_rebuild_meta_tensor_no_storage',
    '_rebuild_device_tensor_from_numpy',
    '_rebuild_wrapper_subclass',
  ].map(name => `torch._utils.${name}`),
  ...['numpy', 'numpy.core.multiarray', 'numpy._core.multiarray'].flatMap(module => [
    `${module}._reconstruct`,
    `${module}.scalar`,
    `${module}.ndarray`,
    `${module}.dtype`,
  ]),
  'numpy.core.numeric._frombuffer',
  'numpy._core.numeric._frombuffer',
  ...scalars.split(' ').map(name => `numpy.${name}`),
  ...['Float64', 'Float32', 'Int64', 'Int32', 'Bool', 'UInt8'].map(name => `numpy.dtypes.${name}DType`),
  'joblib.numpy_pickle.NumpyArrayWrapper',
  'joblib.numpy_pickle.NDArrayWrapper',
]);

/** What a pickle's import of `module` and `name` is taken for. The name may be dotted, as from protocol 4 on. */
export function trustOf(module: string, name: string): Trust {
  const full = `${module}.${name}`;
  if (module === 'builtins' || module === '__builtin__' || module === '__builtins__') {
    if (harmlessBuiltins.has(name)) return 'allowed';
    return plainBuiltins.has(name) || /^[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration)$/.test(name)
      ? 'suspicious'
      : 'dangerous';
  }
  if (allowedNames.has(full)) return 'allowed';
  const parts = full.split('.');
  for (let length = 1; length <= parts.length; length++) {
    const start = parts.slice(0, length).join('.');
    if (dangerousModules.has(start) || dangerousNames.has(start)) return 'dangerous';
  }
  // `torch.os.system`: a module that is reached through another one.
  const hidden = parts.slice(1).some(part => reached.has(part));
  return hidden ? 'dangerous' : 'suspicious';
}

/** Attributes by which a harmless object leads to a dangerous one. */
const reached: ReadonlySet<string> = new Set(
  'os sys posix subprocess builtins __builtins__ __import__ __globals__ __subclasses__ __getattribute__ __reduce__ __reduce_ex__ eval exec system popen importlib ctypes shutil socket'.split(
    ' ',
  ),
);

/** Modules that are looked for in what cannot be read as a pickle. */
export const searchedModules: readonly string[] = [
  'os',
  'posix',
  'nt',
  'subprocess',
  'sys',
  'builtins',
  '__builtin__',
  'runpy',
  'pty',
  'importlib',
  'socket',
  'shutil',
  'ctypes',
  'webbrowser',
  'pickle',
  '_pickle',
  'marshal',
  'commands',
];
