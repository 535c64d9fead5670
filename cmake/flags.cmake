# One set of flags for everything. -ffp-contract=off keeps + - * / on doubles the same on every
# machine and compiler (docs/decisions), which "the same seed gives the same bytes" rests on.
add_library(trackside_flags INTERFACE)
target_compile_options(trackside_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -ffp-contract=off -fno-omit-frame-pointer -fstack-protector-strong)
target_compile_definitions(trackside_flags INTERFACE
  _GNU_SOURCE TRACKSIDE_VERSION="${PROJECT_VERSION}")
target_include_directories(trackside_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(TRACKSIDE_WERROR)
  target_compile_options(trackside_flags INTERFACE -Werror)
endif()
if(TRACKSIDE_SANITIZE)
  target_compile_options(trackside_flags INTERFACE -fsanitize=${TRACKSIDE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(trackside_flags INTERFACE -fsanitize=${TRACKSIDE_SANITIZE})
else()
  target_compile_definitions(trackside_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
