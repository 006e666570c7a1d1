# Writes the skeleton of a context: cmake -DCONTEXT=shipping -DAGGREGATE=Shipment -P cmake/new_context.cmake
# in the project's folder. It builds, and its first test fails and says what to write next.
cmake_minimum_required(VERSION 3.25)

if(NOT CONTEXT MATCHES "^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
  message(FATAL_ERROR "The context's name is in snake_case, such as shipping; \"${CONTEXT}\" is not.")
endif()
if(NOT AGGREGATE MATCHES "^[A-Z][A-Za-z0-9]*$")
  message(FATAL_ERROR "The aggregate's name is in PascalCase, such as Shipment; \"${AGGREGATE}\" is not.")
endif()
if(EXISTS "${CMAKE_SOURCE_DIR}/schemas/${CONTEXT}.fbs")
  message(FATAL_ERROR "There is a context ${CONTEXT} already: see schemas/${CONTEXT}.fbs.")
endif()
foreach(layer domain commands projections gateways/http tests)
  if(EXISTS "${CMAKE_SOURCE_DIR}/${layer}/${CONTEXT}")
    message(FATAL_ERROR "${layer}/${CONTEXT} is there already: choose another name for the context.")
  endif()
endforeach()

set(context ${CONTEXT})
set(Aggregate ${AGGREGATE})
string(REGEX REPLACE "([a-z0-9])([A-Z])" "\\1_\\2" aggregate ${AGGREGATE})
string(TOLOWER ${aggregate} aggregate)
string(REPLACE "_" "-" example ${aggregate})

foreach(pair
    schema.fbs:schemas/${context}.fbs
    domain.hpp:domain/${context}/${aggregate}.hpp
    states.cpp:domain/${context}/states.cpp
    commands.hpp:commands/${context}/${aggregate}.hpp
    commands.cpp:commands/${context}/${aggregate}.cpp
    registration.cpp:commands/${context}/registration.cpp
    projections.hpp:projections/${context}/${context}.hpp
    projections.cpp:projections/${context}/${context}.cpp
    routes.hpp:gateways/http/${context}/routes.hpp
    routes.cpp:gateways/http/${context}/routes.cpp
    test.cpp:tests/${context}/${aggregate}_test.cpp)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 template)
  list(GET pair 1 file)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/context/${template}.in ${CMAKE_SOURCE_DIR}/${file} @ONLY)
  message("  ${file}")
endforeach()

# The one line of registration, in the order of names.
set(lists ${CMAKE_SOURCE_DIR}/CMakeLists.txt)
file(READ ${lists} text)
string(REGEX MATCH "set\\(CONTEXTS\n[^)]*\\)" before "${text}")
string(REGEX MATCHALL "  [a-z0-9_]+" contexts "${before}")
list(APPEND contexts "  ${context}")
list(SORT contexts)
list(JOIN contexts "\n" contexts)
string(REPLACE "${before}" "set(CONTEXTS\n${contexts}\n)" text "${text}")
file(WRITE ${lists} "${text}")
message("  CMakeLists.txt: one line")
