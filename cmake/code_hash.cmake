# Writes a header with one hash over the contents of FILES, as NAME.
set(all "")
foreach(file ${FILES})
  file(SHA256 ${file} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 16 hash)
file(CONFIGURE OUTPUT ${OUT} CONTENT "#pragma once\ninline constexpr const char* ${NAME} = \"${hash}\";\n")
