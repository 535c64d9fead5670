# Debian 12's libraries (docs/dependencies.md says why each).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(lib IN ITEMS jansson expat libzip zlib sqlite3 libwebsockets rdkafka libcurl)
  pkg_check_modules(${lib} REQUIRED IMPORTED_TARGET ${lib})
endforeach()
find_library(PROJ_LIBRARY proj REQUIRED)
find_library(GEOS_C_LIBRARY geos_c REQUIRED)
pkg_check_modules(libxxhash REQUIRED libxxhash) # the header alone: nothing is linked
pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
