DATE_FORMAT = "ថ្ងៃទី j ខែF ឆ្នាំ Y"
DATETIME_FORMAT = "ថ្ងៃទី j ខែF ឆ្នាំ Y, G:i"
YEAR_MONTH_FORMAT = "ខែF ឆ្នាំ Y"
