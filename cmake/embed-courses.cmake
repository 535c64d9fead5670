# Writes a C file with the bytes of the built-in courses (struct built_in_course in src/cmd/courses.h), in script mode:
#   cmake -DCOURSES=courses -DOUT=course_data.c -P embed-courses.cmake
cmake_minimum_required(VERSION 3.25)

set(arrays "")
set(table "")
set(number 0)
file(GLOB files RELATIVE "${COURSES}" "${COURSES}/*.kml" "${COURSES}/*.kmz" "${COURSES}/*.gpx"
  "${COURSES}/*.geojson" "${COURSES}/*.csv")
list(SORT files)
foreach(name IN LISTS files)
  file(READ "${COURSES}/${name}" hex HEX)
  file(SIZE "${COURSES}/${name}" size)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const unsigned char course_${number}[] = {\n${bytes}0};\n")
  string(APPEND table "    {\"${name}\", course_${number}, ${size}},\n")
  math(EXPR number "${number} + 1")
endforeach()

# An array of C has at least one member.
file(WRITE "${OUT}.new" "#include \"cmd/courses.h\"\n\n${arrays}\nconst struct built_in_course built_in_courses[] = {\n${table}    {0},\n};\n\nconst size_t built_in_courses_n = ${number};\n")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUT}.new")
