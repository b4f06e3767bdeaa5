"""Tables in files and for other libraries, and back: netCDF, Parquet, CSV, SDMX-like CSV, Excel, pymrio."""
