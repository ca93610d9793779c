"""Every setting a clinic makes: what may be set, and how a table of clinic.toml becomes a value."""

from handouts.settings.definition import ACTIONS as ACTIONS
from handouts.settings.definition import ARTICLE_RISKS as ARTICLE_RISKS
from handouts.settings.definition import INDICATIONS as INDICATIONS
from handouts.settings.definition import LABEL_RISKS as LABEL_RISKS
from handouts.settings.definition import MEDICINE_RULES as MEDICINE_RULES
from handouts.settings.definition import SEVERITIES as SEVERITIES
from handouts.settings.definition import Definition as Definition
from handouts.settings.reading import Reading as Reading
from handouts.settings.setting import is_unset as is_unset
from handouts.settings.setting import read_setting as read_setting
from handouts.settings.table import SETTINGS as SETTINGS
from handouts.settings.values import Alternative as Alternative
from handouts.settings.values import Contraindication as Contraindication
from handouts.settings.values import Frequency as Frequency
from handouts.settings.values import Otherwise as Otherwise
from handouts.settings.values import Risk as Risk
from handouts.settings.values import Setting as Setting
from handouts.settings.values import hash_of as hash_of
from handouts.settings.values import in_language as in_language
